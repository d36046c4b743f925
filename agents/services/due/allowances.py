"""How many calls AI agents may still make on the day that it is where they are."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from agents.models import AIAgent, Call, Callback, CallbackStatus, CallDirection
from agents.services.scheduling import Hours


def calls_left(agents: Iterable[AIAgent], *, now: datetime) -> Mapping[UUID, int]:
    """`max_daily_calls` less the calls that each made today, and the callbacks begun today whose call is to come.

    Two queries for each beginning of a day.
    """
    left: dict[UUID, int] = {}
    of_day: defaultdict[datetime, list[UUID]] = defaultdict(list)
    for agent in agents:
        hours = Hours.of(agent)
        left[agent.pk] = agent.max_daily_calls
        of_day[hours.begin_of(hours.day_of(now))].append(agent.pk)
    used: Counter[UUID] = Counter()
    for day_begins_at, agent_ids in of_day.items():
        calls = Call.objects.filter(direction=CallDirection.OUTBOUND, started_at__gte=day_begins_at)
        begun = (
            Callback.objects.filter(started_at__gte=day_begins_at)
            .exclude(status=CallbackStatus.CANCELLED)
            .exclude(Exists(calls.filter(callback=OuterRef("pk"))))
        )
        for rows in (calls.filter(agent__in=agent_ids), begun.filter(agent__in=agent_ids)):
            used.update(dict(rows.order_by().values_list("agent").annotate(Count("pk"))))
    return {agent_id: most - used[agent_id] for agent_id, most in left.items()}
