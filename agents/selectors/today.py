"""Today, for AI agents all over the world at once.

PostgreSQL could tell what day it is in a zone, but it has rules of its own, which may be others than Python's: it takes
CET for an offset, and its zones change when its packages do. Diaries and statistics go by Python's, and so does this.
"""

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, F, Func, Q, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from core.clocks import first_showing
from core.rendering import to_json

# Days are up to 26 hours long, where the clock is put back by two.
LONGEST_DAY: Final = timedelta(hours=27)
# Everywhere midnight is on a quarter of an hour in UTC.
QUARTER_SECONDS: Final = 900


def is_today(moment: datetime) -> Q:
    """Whether `scheduled_datetime` is on the day on which `moment` is, on the clock of the callback's AI agent."""
    begins, ends = _days(moment.timestamp() // QUARTER_SECONDS * QUARTER_SECONDS)
    return Q(
        GreaterThanOrEqual(F("scheduled_datetime"), _of_agent(begins)),
        LessThan(F("scheduled_datetime"), _of_agent(ends)),
        # Follows from the others, and lets an index be used.
        scheduled_datetime__gt=moment - LONGEST_DAY,
        scheduled_datetime__lt=moment + LONGEST_DAY,
    )


def _of_agent(times: str) -> Func:
    """The time that is written behind the name of the agent's zone."""
    return Func(
        Value(times),
        F("agent__timezone"),
        template="(%(expressions)s)::timestamptz",
        arg_joiner="::jsonb ->> ",
        output_field=DateTimeField(),
    )


@lru_cache(maxsize=2)
def _days(timestamp: float) -> tuple[str, str]:
    """When the day that it is at the beginning of a quarter of an hour begins and ends in every zone, as JSON."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    begins: dict[str, Any] = {}
    ends: dict[str, Any] = {}
    for name in zoneinfo.available_timezones():
        zone = ZoneInfo(name)
        midnight = datetime.combine(moment.astimezone(zone).date(), time())
        begins[name] = first_showing(midnight, zone)
        ends[name] = first_showing(midnight + timedelta(days=1), zone)
    return to_json(begins).decode(), to_json(ends).decode()
