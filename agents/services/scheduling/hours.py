"""The working hours of an AI agent, on the clock of its time zone."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Self
from zoneinfo import ZoneInfo

from agents.models import SLOT, AIAgent
from core.clocks import first_showing, last_showing

MIDNIGHT: Final = time(0)
ONE_DAY: Final = timedelta(days=1)
# Who places many asks for the same few days again and again, and computing one takes longer than all else.
DAYS_REMEMBERED: Final = 4096

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` until `end` on every day in `zone`. An end of 00:00 is midnight at the end of the day."""

    zone: ZoneInfo
    start: time
    end: time

    @classmethod
    def of(cls, agent: AIAgent) -> Self:
        """An AI agent's."""
        return cls(agent.zone, agent.working_hours_start, agent.working_hours_end)

    @property
    def spoken(self) -> str:
        """As in `09:00 to 18:00, Europe/Paris`."""
        return f"{self.start:%H:%M} to {self.end:%H:%M}, {self.zone.key}"

    @property
    def around_the_clock(self) -> bool:
        """Whether one day's hours go over into the next day's."""
        return self.start == self.end == MIDNIGHT

    def day_of(self, moment: datetime) -> date:
        """Which day it is there."""
        return moment.astimezone(self.zone).date()

    def begin_of(self, day: date) -> datetime:
        """When the day begins there, in UTC."""
        return first_showing(datetime.combine(day, MIDNIGHT), self.zone)

    def window(self, day: date) -> Window:
        """From when until when it works on that day, in UTC.

        A time that the clock leaps over in spring is when it leaps; one that it shows twice in autumn is the first as a
        start, and the last as an end. A window that the clock leaps over as a whole is empty.
        """
        return _window(self, day)

    def holds(self, at: datetime) -> bool:
        """Whether a slot that begins then is within its hours as a whole."""
        begin, end = self.window(self.day_of(at))
        return begin <= at and self.fits(at, end)

    def fits(self, at: datetime, end: datetime) -> bool:
        """Whether a slot that begins then has ended when a day's window does, or may go over into the next."""
        return at + SLOT <= end or (self.around_the_clock and at < end)


@lru_cache(maxsize=DAYS_REMEMBERED)
def _window(hours: Hours, day: date) -> Window:
    begin = first_showing(datetime.combine(day, hours.start), hours.zone)
    if hours.end == MIDNIGHT:
        return begin, hours.begin_of(day + ONE_DAY)
    return begin, last_showing(datetime.combine(day, hours.end), hours.zone)
