"""When a call began and ended, and how long people talked: two of them say the third.

They may have talked for less than the call lasted, since it rings first, and for no longer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agents.errors import CallRefused

# Callers' clocks are not ours.
AHEAD: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(hours=24)
# Answers have no fractions of seconds, and some round where others cut.
ROUNDING_SECONDS: Final = 1

IN_THE_FUTURE: Final = "Is in the future."
BEFORE_START: Final = "Is before started_at."
TOO_LONG: Final = "A call lasts 24 hours at most."
CONTRADICTED: Final = "Longer than from started_at to ended_at."
LONG_AGO: Final = "More than 24 hours ago: such a call is not in progress."


@dataclass(frozen=True, slots=True)
class Times:
    """A call's; it has no end while it is in progress."""

    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int


def times_of_ended(
    *, started_at: datetime | None, ended_at: datetime | None, duration_seconds: int | None, now: datetime
) -> Times:
    """Of a call that has ended: just now if nothing is said. Raises CallRefused, naming the field.

    Nobody is taken to have talked for a time that was not told: with one end alone, the call lasted no time.
    """
    lasted = timedelta(seconds=duration_seconds or 0)
    begin = started_at if started_at is not None else (ended_at or now) - lasted
    end = ended_at if ended_at is not None else begin + lasted
    last_said = "duration_seconds" if ended_at is None and duration_seconds else "ended_at"
    if begin > now + AHEAD:
        raise CallRefused("started_at" if started_at else last_said, IN_THE_FUTURE)
    if end > now + AHEAD:
        raise CallRefused(last_said, IN_THE_FUTURE)
    if end < begin:
        raise CallRefused("ended_at", BEFORE_START)
    if end - begin > LONGEST:
        raise CallRefused(last_said, TOO_LONG)
    seconds = (end - begin).total_seconds()
    if duration_seconds is not None and duration_seconds > seconds + ROUNDING_SECONDS:
        raise CallRefused("duration_seconds", CONTRADICTED)
    return Times(begin, end, int(seconds) if duration_seconds is None else duration_seconds)


def times_of_begun(*, started_at: datetime | None, now: datetime) -> Times:
    """Of a call that is in progress: since now if nothing is said. Raises CallRefused."""
    begin = started_at or now
    if begin > now + AHEAD:
        raise CallRefused("started_at", IN_THE_FUTURE)
    if begin < now - LONGEST:
        raise CallRefused("started_at", LONG_AGO)
    return Times(begin, None, 0)


def times_of_ending(
    *, started_at: datetime, ended_at: datetime | None, duration_seconds: int | None, now: datetime
) -> Times:
    """Of a call that was in progress: until now if nothing is said. Raises CallRefused.

    A duration of 0 says nothing, for that is what a call in progress is answered with.
    """
    if ended_at is None and not duration_seconds:
        end = max(now, started_at)
        return Times(started_at, end, int((end - started_at).total_seconds()))
    return times_of_ended(started_at=started_at, ended_at=ended_at, duration_seconds=duration_seconds or None, now=now)
