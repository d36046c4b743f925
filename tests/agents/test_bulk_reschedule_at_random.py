"""Wherever callbacks are moved from and to: never two at once, never out of hours, never too many on a day."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
import time_machine
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from agents.models import OPEN, SLOT, AIAgent, Callback, Customer
from agents.services import bulk
from agents.services.bulk import Choice
from agents.services.scheduling import Hours
from core.actor import Actor
from tests.agents.bulk import booked
from tests.agents.factories import AIAgentFactory, CustomerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2030, 3, 29, 12, tzinfo=UTC)
# Two days before the clocks of Europe leap, a week after those of Chile, months from those of Lord Howe Island.
ZONES = ["UTC", "Europe/Paris", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu"]
HOURS = [(time(9), time(18)), (time(0), time(0)), (time(1), time(4)), (time(22), time(0)), (time(2, 20), time(2, 50))]
STATUSES = ["scheduled", "scheduled", "rescheduled", "in_progress", "completed", "cancelled"]


@some.composite
def an_agent(draw):
    start, end = draw(some.sampled_from(HOURS))
    return {
        "timezone": draw(some.sampled_from(ZONES)),
        "working_hours_start": start,
        "working_hours_end": end,
        "max_daily_calls": draw(some.integers(1, 6)),
    }


a_callback = some.fixed_dictionaries(
    {
        "quarter": some.integers(-200, 400),
        "seconds": some.sampled_from([0, 0, 0, 1, 59]),
        "status": some.sampled_from(STATUSES),
        "priority_level": some.integers(1, 5),
        "do_not_call": some.integers(0, 9).map(lambda number: number == 0),
        "chosen": some.integers(0, 3).map(bool),
    }
)


def booked_on(agent, told):
    """The callbacks that could be there: where two touch, the first stands."""
    taken: list[datetime] = []
    for one in told:
        at = NOW + SLOT * one["quarter"] + timedelta(seconds=one["seconds"])
        if one["status"] in OPEN and any(abs(at - other) < SLOT for other in taken):
            continue
        taken += [at] if one["status"] in OPEN else []
        customer = CustomerFactory(agent=agent, do_not_call=one["do_not_call"])
        level = one["priority_level"]
        yield one, booked(agent, at, one["status"], customer=customer, priority_level=level)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    agents=some.lists(some.tuples(an_agent(), some.lists(a_callback, max_size=14)), min_size=1, max_size=2),
    minutes=some.integers(1, 5 * 24 * 60),
    seconds=some.sampled_from([0, 0.5, 59]),
)
def test_wherever_they_go_they_may_be_there(ours, in_scope, agents, minutes, seconds):
    Callback.objects.all().delete()
    Customer.objects.all().delete()
    AIAgent.objects.all().delete()
    with time_machine.travel(NOW, tick=False):
        pairs = [pair for fields, told in agents for pair in booked_on(AIAgentFactory(**fields), told)]
        assume(pairs)
        since = NOW + timedelta(minutes=minutes, seconds=seconds)
        check(pairs, Actor(kind="system", organization_id=ours.organization.pk), since)


def check(pairs, system, since):
    chosen = [callback for one, callback in pairs if one["chosen"]]
    before = {callback.pk: callback for _, callback in pairs}
    choice = Choice(ids=[callback.pk for callback in chosen])
    planned = bulk.reschedule_callbacks(choice=choice, by=system, new_datetime=since, dry_run=True)
    done = bulk.reschedule_callbacks(choice=choice, by=system, new_datetime=since)
    assert shown(planned) == shown(done)
    after = {callback.pk: callback for callback in Callback.objects.select_related("agent", "customer")}
    moved = [after[result.id] for result in done.results if result.result == "done"]
    assert {callback.pk for callback in moved} == {
        pk for pk, callback in after.items() if callback.scheduled_datetime != before[pk].scheduled_datetime
    }
    for callback in moved:
        assert callback.scheduled_datetime >= since
        assert (callback.scheduled_datetime.second, callback.scheduled_datetime.microsecond) == (0, 0)
        assert Hours.of(callback.agent).holds(callback.scheduled_datetime)
        assert (callback.status, callback.reschedule_count) == ("rescheduled", 1)
        assert not callback.customer.do_not_call
    require_apart(after.values())
    require_days(after.values(), moved)
    require_order(moved)
    for customer in Customer.objects.filter(callbacks__in=[callback.pk for callback in moved]):
        assert customer.next_followup == min(
            callback.scheduled_datetime for callback in after.values() if callback.customer_id == customer.pk
        )


def shown(result):
    return result.shown() | {"dry_run": None}


def require_apart(callbacks):
    times: dict[object, list[datetime]] = {}
    for callback in callbacks:
        if callback.status in OPEN:
            times.setdefault(callback.agent_id, []).append(callback.scheduled_datetime)
    for one in map(sorted, times.values()):
        assert all(later - earlier >= SLOT for earlier, later in pairwise(one))


def require_days(callbacks, moved):
    def day(callback):
        return callback.agent_id, callback.scheduled_datetime.astimezone(callback.agent.zone).date()

    counts = Counter(day(callback) for callback in callbacks if callback.status not in {"cancelled"})
    for callback in moved:
        assert counts[day(callback)] <= callback.agent.max_daily_calls


def require_order(moved):
    """Of one AI agent's the most urgent come first."""
    for agent_id in {callback.agent_id for callback in moved}:
        own = sorted(
            (callback for callback in moved if callback.agent_id == agent_id),
            key=lambda callback: callback.scheduled_datetime,
        )
        levels = [callback.priority_level for callback in own]
        assert levels == sorted(levels, reverse=True)
