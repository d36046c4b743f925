"""Calendar periods on a zone's clock, and the ones before them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from core.clocks import first_showing, offsets_between

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
END: Final = datetime(9999, 12, 31, tzinfo=UTC)
# Of older calls the hour is told by the offset of this one.
FIRST_OFFSET: Final = datetime(2000, 1, 1, tzinfo=UTC)
ONE_DAY: Final = timedelta(days=1)

FIRST_DAY: Final[Mapping[str, Callable[[date], date]]] = {
    "today": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
}
LONGEST: Final = {"today": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
NAMES: Final = (*FIRST_DAY, "all")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days on a zone's clock, the last one out. Without them it is all of time."""

    first: date | None
    after: date | None
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        """When it begins, UTC."""
        return _midnight(self.first, self.zone) if self.first else BEGINNING

    @property
    def until(self) -> datetime:
        """When it ends, UTC, itself out."""
        return _midnight(self.after, self.zone) if self.after else END

    def days(self, moment: datetime) -> list[date]:
        """Its days that have begun at that moment; none of all of time."""
        if self.first is None or self.after is None:
            return []
        end = min(self.after, moment.astimezone(self.zone).date() + ONE_DAY)
        return [self.first + timedelta(days=number) for number in range((end - self.first).days)]


@dataclass(frozen=True, slots=True)
class Periods:
    """A period and the one before. In SQL they are numbers 2 and 1."""

    current: Period
    previous: Period | None
    moment: datetime

    @property
    def parameters(self) -> dict[str, Any]:
        """For statements: when the periods are, and how far their clock is ahead of UTC, from when on."""
        since = self.previous.since if self.previous else BEGINNING
        until = self.current.until
        first, last = (since, until) if self.previous else (FIRST_OFFSET, self.moment + timedelta(days=366))
        offsets = _offsets(self.current.zone, first, datetime.combine(last.date(), time(), UTC) + ONE_DAY)
        return {
            "since": since,
            "until": until,
            "begin": self.current.since,
            "moment": self.moment,
            "changes": [begins for begins, _ in offsets],
            "offsets": [ahead for _, ahead in offsets],
        }


def periods(name: str, *, zone: ZoneInfo, moment: datetime) -> Periods:
    """The day, week (from Monday) or month in which `moment` is, or all of time, and what was before it."""
    if name not in FIRST_DAY:
        return Periods(Period(None, None, zone), None, moment)
    first_of = FIRST_DAY[name]
    first = first_of(moment.astimezone(zone).date())
    before, after = first_of(first - ONE_DAY), first_of(first + LONGEST[name])
    return Periods(Period(first, after, zone), Period(before, first, zone), moment)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return first_showing(datetime.combine(day, time()), zone)


@lru_cache(maxsize=64)
def _offsets(zone: ZoneInfo, since: datetime, until: datetime) -> list[tuple[datetime, timedelta]]:
    return offsets_between(zone, since, until)
