"""What the log adds up to."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from profiles.selectors.filters import Filters
from profiles.selectors.matching import condition
from profiles.selectors.records import JOINED

TOP: Final = 10
MOST_DAYS: Final = 366


@dataclass(frozen=True, slots=True)
class Offender:
    """A profile that was logged out again and again."""

    agent_name: str
    profile_name: str
    logout_count: int
    first_logout: datetime
    last_logout: datetime


@dataclass(frozen=True, slots=True)
class DailyCount:
    """A day, UTC."""

    date: date
    logout_count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of the records asked for. Of the tops, the greatest first, equal ones by name."""

    total_logouts: int
    top_agents: list[tuple[str, int]]
    top_profiles: list[tuple[str, int]]
    repeat_offenders: list[Offender]
    daily: list[DailyCount]


def days_asked(filters: Filters, *, days: int = 30) -> list[date]:
    """The days of the daily series, oldest first: of the window, `days` where it is open, 366 at most."""
    last = (
        (filters.until - timedelta(microseconds=1)).astimezone(UTC).date() if filters.until else timezone.now().date()
    )
    first = filters.since.astimezone(UTC).date() if filters.since else last - timedelta(days=days - 1)
    count = min((last - first).days + 1, MOST_DAYS)
    return [last - timedelta(days=back) for back in reversed(range(count))]


def statistics(filters: Filters, *, days: int = 30, repeated: int = 2) -> Statistics:
    """Add up the records asked for; those who were logged out `repeated` times and more are offenders, ten at most."""
    where, parameters = condition(filters)
    of_profiles = f"""
        SELECT profile.agent_name, profile.profile_name, count(*), min(record.timestamp), max(record.timestamp)
        FROM {JOINED} WHERE {where} GROUP BY profile.agent_name, profile.profile_name
    """  # noqa: S608 -- constants only
    of_days = f"""
        SELECT (record.timestamp AT TIME ZONE 'UTC')::date, count(*) FROM {JOINED} WHERE {where} GROUP BY 1
    """  # noqa: S608 -- constants only
    with connection.cursor() as cursor:
        cursor.execute(of_profiles, parameters)
        counted = [Offender(*values) for values in cursor.fetchall()]
        cursor.execute(of_days, parameters)
        per_day = dict(cursor.fetchall())
    agents: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for profile in counted:
        agents[profile.agent_name] += profile.logout_count
        names[profile.profile_name] += profile.logout_count
    offenders = [profile for profile in counted if profile.logout_count >= repeated]
    offenders.sort(key=lambda profile: (-profile.logout_count, profile.agent_name, profile.profile_name))
    return Statistics(
        total_logouts=sum(agents.values()),
        top_agents=_top(agents),
        top_profiles=_top(names),
        repeat_offenders=offenders[:TOP],
        daily=[DailyCount(day, per_day.get(day, 0)) for day in days_asked(filters, days=days)],
    )


def _top(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:TOP]
