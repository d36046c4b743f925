"""When a wall clock shows a time: once, twice on the day it is put back, and never in the hour it leaps over."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

EXACT: Final = timedelta(seconds=1)
A_WEEK: Final = timedelta(weeks=1)


@cache
def zone_names() -> frozenset[str]:
    """The names of the IANA database. `localtime` is none: another machine stands elsewhere."""
    return frozenset(zoneinfo.available_timezones() - {"localtime"})


def first_showing(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the zone's clock shows `wall` (naive), or if it leaps over it, when it does. In UTC."""
    first, last = _both(wall, zone)
    return first if first <= last else _leap(last, first, zone)


def last_showing(wall: datetime, zone: ZoneInfo) -> datetime:
    """The last such moment, likewise."""
    first, last = _both(wall, zone)
    return last if first <= last else _leap(last, first, zone)


def _both(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """By the offset before a change of the clock, and by that after it (PEP 495): in the gap they are the wrong way."""
    before, after = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return before, after


def _leap(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """When the clock changes, between two moments on either side of it."""
    offset = early.astimezone(zone).utcoffset()
    while late - early > EXACT:
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def offsets_between(zone: ZoneInfo, since: datetime, until: datetime) -> list[tuple[datetime, timedelta]]:
    """How far the zone's clock is ahead of UTC, and from when on: the first from `since`, each other from its change.

    `since` and `until` are in UTC. An offset that lasts for less than a week may be missed.
    """
    found = [(since, _offset(since, zone))]
    while since < until:
        later = min(since + A_WEEK, until)
        if _offset(later, zone) != found[-1][1]:
            change = _leap(since, later, zone)
            found.append((change, _offset(change, zone)))
        since = later
    return found


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
