"""What a calendar shows of an AI agent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Left

from accounts import selectors as accounts
from agents.errors import CalendarNotFound
from agents.models import AIAgent, Callback
from agents.selectors.seen import agents_seen_by

DAYS_BACK: Final = timedelta(days=30)
MOST_ENTRIES: Final = 5000
LONGEST_NOTES: Final = 5000
COLUMNS: Final = ("id", "scheduled_datetime", "ends_at", "status", "priority_level", "reason", "shown_notes")
MORE_COLUMNS: Final = ("reschedule_count", "completed_at", "updated_at", "customer__name", "customer__phone_number")

Row = dict[str, Any]


def agent_with_calendar(agent_id: UUID, *, version: int, reader_id: UUID) -> AIAgent:
    """The AI agent, if its calendar's addresses are still those, and the person whose one it is still sees the agent.

    Raises CalendarNotFound.
    """
    reader = accounts.caller_of(reader_id)
    agent = agents_seen_by(reader).filter(pk=agent_id, calendar_version=version).first() if reader else None
    if agent is None:
        raise CalendarNotFound
    return agent


def calendar_rows(agent: AIAgent, *, now: datetime) -> Sequence[Row]:
    """The agent's callbacks from thirty days back on, 5,000 at most: first what is to come, then what was, each from
    now on. Of its notes each has the first 5,000 characters."""
    callbacks = Callback.objects.filter(agent=agent).annotate(shown_notes=Left("notes", LONGEST_NOTES))
    rows = callbacks.values(*COLUMNS, *MORE_COLUMNS)
    coming = list(rows.filter(scheduled_datetime__gte=now).order_by("scheduled_datetime", "id")[:MOST_ENTRIES])
    room = MOST_ENTRIES - len(coming)
    past = rows.filter(scheduled_datetime__lt=now, scheduled_datetime__gte=now - DAYS_BACK)
    return [*coming, *past.order_by("-scheduled_datetime", "id")[:room]]
