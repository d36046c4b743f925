"""Which days are whose, as pure functions. Dates are those of Paris; a day's work begins at nine there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from trackimmo.models import DispatchKind
from trackimmo.selectors.eligibility import PARIS

BEGINNING: Final = time(9)
LAST_SEND_DAY: Final = 31
DAYS_MADE_UP: Final = 7
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duty:
    """One kind of work of a day: what the clients of a send day get. `due_on` is the day of their report."""

    kind: DispatchKind
    due_on: date
    send_day: int

    @property
    def month(self) -> date:
        """The first day of the report's month."""
        return self.due_on.replace(day=1)

    @property
    def settled_by(self) -> Sequence[DispatchKind]:
        """What a client must not have got in that month: nobody is reminded of a report that he has."""
        if self.kind == DispatchKind.REPORT:
            return (DispatchKind.REPORT,)
        return (DispatchKind.REMINDER, DispatchKind.REPORT)


def send_days_due(day: date) -> Sequence[int]:
    """The send days whose report is on that day: its own, and on a month's last day all that the month lacks."""
    is_last = (day + ONE_DAY).day == 1
    return range(day.day, LAST_SEND_DAY + 1) if is_last else (day.day,)


def duties(day: date, *, today: date) -> Sequence[Duty]:
    """The work of a day: reminders of tomorrow's reports, while they still come before them, and the day's reports."""
    tomorrow = day + ONE_DAY
    reminders = send_days_due(tomorrow) if tomorrow > today else ()
    return [
        *(Duty(DispatchKind.REMINDER, tomorrow, send_day) for send_day in reminders),
        *(Duty(DispatchKind.REPORT, day, send_day) for send_day in send_days_due(day)),
    ]


def beginning_of(day: date) -> datetime:
    """When a day's work begins: nine o'clock in Paris, in summer and in winter."""
    return datetime.combine(day, BEGINNING, tzinfo=PARIS)


def end_of(day: date) -> datetime:
    """Midnight after the day, in Paris."""
    return datetime.combine(day + ONE_DAY, time(), tzinfo=PARIS)


def paris_date(moment: datetime) -> date:
    """The date in Paris at that moment."""
    return moment.astimezone(PARIS).date()


def latest_begun(now: datetime) -> date:
    """The latest day whose work has begun."""
    today = paris_date(now)
    return today if now >= beginning_of(today) else today - ONE_DAY


def days_to_open(*, now: datetime, known_since: datetime | None, seen_to: Collection[date]) -> Sequence[date]:
    """The days whose work must be begun now, the oldest first.

    That is today, if it has begun, and the days before that nobody has seen to: seven at most, and none that began
    before the organization's first run (at `known_since`; None if there was none).
    """
    latest = latest_begun(now)
    recent = [latest - ONE_DAY * number for number in range(DAYS_MADE_UP, -1, -1)]
    today = paris_date(now)
    return [
        day
        for day in recent
        if day not in seen_to and (day == today or (known_since is not None and beginning_of(day) > known_since))
    ]
