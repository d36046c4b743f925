"""Days and hours as a zone's clock shows them.

A quarter of an hour belongs to the day and the hour that the clock shows when it begins. All zones have been ahead of
UTC by whole quarters since 2000, and changed their clocks between quarters but for a few in Canada before 2012.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from core.clocks import first_showing, last_showing, offsets_between

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """A day or an hour that begins when the clock shows `wall`.

    An hour that the clock shows twice is two, which `offset` tells apart; for days it is None.
    """

    wall: datetime
    offset: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots in their order, between `since` and `until` in UTC, and from when on the clock was how far ahead."""

    unit: Literal["day", "hour"]
    slots: Sequence[Slot]
    since: datetime
    until: datetime
    offsets: Sequence[tuple[datetime, timedelta]]

    @property
    def wall(self) -> Mapping[str, Any]:
        """For MongoDB: when the slot of the quarter `start` begins, by the clock and as if it were UTC."""
        return {"$dateTrunc": {"date": {"$add": ["$start", self.offset]}, "unit": self.unit}}

    @property
    def offset(self) -> Mapping[str, Any]:
        """For MongoDB: how many milliseconds the clock is ahead at the beginning of the quarter `start`."""
        milliseconds = [offset // MILLISECOND for _, offset in self.offsets]
        changes = [change for change, _ in self.offsets[1:]]
        if not changes:
            return {"$literal": milliseconds[0]}
        before = zip(changes, milliseconds[:-1], strict=True)
        branches = [{"case": {"$lt": ["$start", change]}, "then": ahead} for change, ahead in before]
        return {"$switch": {"branches": branches, "default": milliseconds[-1]}}


def last_days(number: int, *, zone: ZoneInfo, moment: datetime) -> Slots:
    """The day that it is at `moment`, and those before it."""
    today = datetime.combine(moment.astimezone(zone), time())
    days = [today - DAY * ago for ago in reversed(range(number))]
    since, until = first_showing(days[0], zone), last_showing(today + DAY, zone)
    return Slots("day", [Slot(day) for day in days], since, until, offsets_between(zone, since, until))


def last_hours(number: int, *, zone: ZoneInfo, moment: datetime) -> Slots:
    """The hour that it is at `moment`, and those before it. None is longer than an hour."""
    since, until = moment - HOUR * (number + 1), moment + HOUR
    offsets = offsets_between(zone, since, until)
    ends = [*(change for change, _ in offsets[1:]), until]
    slots = [
        Slot(wall, offset)
        for (begin, offset), end in zip(offsets, ends, strict=True)
        for wall in _hours(begin + offset, end + offset)
    ]
    local = moment.astimezone(zone)
    position = slots.index(Slot(_hour(local), local.utcoffset())) + 1
    return Slots("hour", slots[position - number : position], since, until, offsets)


def _hours(since: datetime, until: datetime) -> Iterator[datetime]:
    """The hours that a clock shows meanwhile."""
    wall = _hour(since)
    while wall < until.replace(tzinfo=None):
        yield wall
        wall += HOUR


def _hour(wall: datetime) -> datetime:
    return wall.replace(minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
