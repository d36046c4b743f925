"""Working hours on an agent's own clock, on ordinary days and on those when the clock is changed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agents.models import SLOT
from agents.services.scheduling import Hours
from core.clocks import first_showing, last_showing

PARIS, NEW_YORK = ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York")
LORD_HOWE, KATHMANDU = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kathmandu")
# Clocks that change at midnight, before it, and by two hours.
BEIRUT, HAVANA, NUUK, TROLL = map(ZoneInfo, ("Asia/Beirut", "America/Havana", "America/Nuuk", "Antarctica/Troll"))
ZONES = (PARIS, NEW_YORK, LORD_HOWE, KATHMANDU, BEIRUT, HAVANA, NUUK, TROLL, ZoneInfo("UTC"))
MINUTE = timedelta(minutes=1)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)


def hours(zone: ZoneInfo, start: str, end: str) -> Hours:
    return Hours(zone, time.fromisoformat(start), time.fromisoformat(end))


@pytest.mark.parametrize(
    ("zone", "start", "end", "day", "begins", "ends"),
    [
        (PARIS, "09:00", "18:00", date(2026, 1, 5), utc(2026, 1, 5, 8), utc(2026, 1, 5, 17)),
        (PARIS, "09:00", "18:00", date(2026, 7, 6), utc(2026, 7, 6, 7), utc(2026, 7, 6, 16)),
        # 02:00 is 03:00 at once.
        (PARIS, "00:00", "00:00", SPRING, utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),
        (PARIS, "02:30", "09:00", SPRING, utc(2026, 3, 29, 1), utc(2026, 3, 29, 7)),
        (PARIS, "01:00", "02:30", SPRING, utc(2026, 3, 29, 0), utc(2026, 3, 29, 1)),
        (PARIS, "02:15", "02:45", SPRING, utc(2026, 3, 29, 1), utc(2026, 3, 29, 1)),
        # 03:00 is 02:00 once more.
        (PARIS, "00:00", "00:00", AUTUMN, utc(2026, 10, 24, 22), utc(2026, 10, 25, 23)),
        (PARIS, "02:30", "09:00", AUTUMN, utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 8)),
        (PARIS, "01:00", "02:30", AUTUMN, utc(2026, 10, 24, 23), utc(2026, 10, 25, 1, 30)),
        (NEW_YORK, "01:30", "02:30", date(2026, 3, 8), utc(2026, 3, 8, 6, 30), utc(2026, 3, 8, 7)),
        (NEW_YORK, "01:15", "01:45", date(2026, 11, 1), utc(2026, 11, 1, 5, 15), utc(2026, 11, 1, 6, 45)),
        # By half an hour.
        (LORD_HOWE, "01:30", "02:15", date(2026, 10, 4), utc(2026, 10, 3, 15), utc(2026, 10, 3, 15, 30)),
        (LORD_HOWE, "01:45", "05:00", date(2026, 4, 5), utc(2026, 4, 4, 14, 45), utc(2026, 4, 4, 18, 30)),
        # 5:45 ahead all the year.
        (KATHMANDU, "09:00", "18:00", SPRING, utc(2026, 3, 29, 3, 15), utc(2026, 3, 29, 12, 15)),
        # Midnight is shown twice, and once not at all: one day ends where the next begins.
        (HAVANA, "20:00", "00:00", date(2026, 10, 31), utc(2026, 11, 1, 0), utc(2026, 11, 1, 4)),
        (HAVANA, "00:00", "09:00", date(2026, 11, 1), utc(2026, 11, 1, 4), utc(2026, 11, 1, 14)),
        (BEIRUT, "00:00", "09:00", date(2026, 3, 29), utc(2026, 3, 28, 22), utc(2026, 3, 29, 6)),
        (BEIRUT, "20:00", "00:00", date(2026, 10, 24), utc(2026, 10, 24, 17), utc(2026, 10, 24, 22)),
    ],
    ids=str,
)
def test_a_days_window_is_what_the_clock_on_the_wall_shows(zone, start, end, day, begins, ends):
    assert hours(zone, start, end).window(day) == (begins, ends)


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (PARIS, SPRING, 23),
        (PARIS, AUTUMN, 25),
        (LORD_HOWE, date(2026, 4, 5), 24.5),
        (TROLL, AUTUMN, 26),
        (NUUK, SPRING, 24),
    ],
    ids=str,
)
def test_a_day_around_the_clock_is_as_long_as_the_day(zone, day, length):
    begins, ends = hours(zone, "00:00", "00:00").window(day)
    assert (ends - begins) / timedelta(hours=1) == length


@pytest.mark.parametrize(
    ("at", "held"),
    [
        (utc(2026, 1, 5, 7, 59), False),
        (utc(2026, 1, 5, 8), True),
        (utc(2026, 1, 5, 16, 45), True),
        (utc(2026, 1, 5, 16, 45, 1), False),
        (utc(2026, 1, 5, 17), False),
        (utc(2026, 1, 5, 23), False),
    ],
    ids=str,
)
def test_a_slot_is_within_the_hours_as_a_whole(at, held):
    assert hours(PARIS, "09:00", "18:00").holds(at) is held


def test_around_the_clock_a_slot_may_go_over_midnight():
    assert hours(PARIS, "00:00", "00:00").holds(utc(2026, 1, 5, 22, 50))
    assert not hours(PARIS, "00:01", "00:00").holds(utc(2026, 1, 5, 22, 50))
    assert hours(PARIS, "00:01", "00:00").holds(utc(2026, 1, 5, 22, 45))


def test_hours_are_told_with_their_zone():
    assert hours(PARIS, "09:00", "18:30").spoken == "09:00 to 18:30, Europe/Paris"
    assert hours(ZoneInfo("UTC"), "00:00", "00:00").spoken == "00:00 to 00:00, UTC"


def minutes_of(zone: ZoneInfo, day: date) -> list[datetime]:
    """Every minute at which the zone's calendar shows the day."""
    noon = datetime.combine(day, time(12), UTC)
    around = [noon + number * MINUTE for number in range(-60 * 40, 60 * 40)]
    return [minute for minute in around if minute.astimezone(zone).date() == day]


def brute_window(at_work: Hours, day: date) -> tuple[datetime, datetime] | None:
    """From the first minute that the hours have in them until after the last."""
    until = time.max if at_work.end == time(0) else at_work.end
    found = [
        minute
        for minute in minutes_of(at_work.zone, day)
        if at_work.start <= minute.astimezone(at_work.zone).time() < until
    ]
    return (found[0], found[-1] + MINUTE) if found else None


CHANGES = [
    *(date(2026, 3, day) for day in (8, 28, 29, 30)),
    *(date(2026, 4, day) for day in (4, 5, 6)),
    *(date(2026, 10, day) for day in (3, 4, 24, 25, 26, 31)),
    *(date(2026, 11, day) for day in (1, 2)),
]
days = st.one_of(st.sampled_from(CHANGES), st.dates(date(2024, 1, 1), date(2035, 12, 31)))
clock = st.one_of(
    st.builds(time, st.integers(0, 3), st.sampled_from([0, 15, 30, 45, 59])),
    st.times(time(0), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
)


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), start=clock, end=clock, day=days)
@example(zone=HAVANA, start=time(0), end=time(1), day=date(2026, 11, 1))
@example(zone=NUUK, start=time(22), end=time(0), day=date(2026, 3, 28))
@example(zone=NUUK, start=time(22), end=time(23, 30), day=date(2026, 10, 24))
def test_a_window_has_every_minute_in_it_that_the_wall_clock_says(zone, start, end, day):
    if end != time(0) and end <= start:
        start, end = (end, start) if end < start else (start, time(0))
    at_work = Hours(zone, start, end)
    begins, ends = at_work.window(day)
    expected = brute_window(at_work, day)
    if expected is None:
        assert begins == ends
    else:
        assert (begins, ends) == expected


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), start=clock, end=clock, day=days, minute=st.integers(0, 26 * 60))
def test_a_slot_is_held_if_each_of_its_minutes_is(zone, start, end, day, minute):
    if end != time(0) and end <= start:
        start, end = (end, start) if end < start else (start, time(0))
    at_work = Hours(zone, start, end)
    at = at_work.begin_of(day) + minute * MINUTE
    minutes = [at + number * MINUTE for number in range(SLOT // MINUTE)]

    def is_worked(moment: datetime) -> bool:
        window = brute_window(at_work, at_work.day_of(moment))
        return window is not None and window[0] <= moment < window[1]

    assert at_work.holds(at) == all(map(is_worked, {minutes[0], minutes[-1]}))


def test_every_wall_clock_time_is_shown_first_and_last_when_it_says_so():
    walls = [datetime(2026, 10, 25, hour, minute) for hour in range(5) for minute in (0, 30)]  # noqa: DTZ001
    both = {wall.time().isoformat("minutes"): (first_showing(wall, PARIS), last_showing(wall, PARIS)) for wall in walls}
    twice = {shown for shown, (first, last) in both.items() if first != last}
    assert twice == {"02:00", "02:30"}
    assert both["02:30"] == (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))
