"""Which slots of an agent are free: the diary against a look at every minute, what it reads, and how fast it is."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.errors import DailyLimitReached, OutsideWorkingHours, PastDatetime, SlotTaken
from agents.models import SLOT
from agents.services.scheduling import Diary, Hours
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory

UTC_ZONE, PARIS = ZoneInfo("UTC"), ZoneInfo("Europe/Paris")
NINE_TO_FIVE = Hours(UTC_ZONE, time(9), time(17))
ALL_DAY = Hours(UTC_ZONE, time(0), time(0))
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
MONDAY = datetime(2030, 1, 7, tzinfo=UTC)


def on(hour: int, minute: int = 0, day: int = 0, second: float = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute, seconds=second)


def diary(*taken: datetime, hours: Hours = NINE_TO_FIVE, limit: int = 1000, since: datetime = MONDAY, **more) -> Diary:
    return Diary(hours, daily_limit=limit, since=since, taken=taken, **more)


@pytest.mark.parametrize(
    ("taken", "since", "free"),
    [
        ([], on(0), on(9)),
        ([], on(9, 7), on(9, 7)),
        ([], on(16, 45), on(16, 45)),
        ([], on(16, 46), on(9, day=1)),
        ([on(9)], on(8), on(9, 15)),
        ([on(9)], on(9, 14), on(9, 15)),
        # What ends when another begins does not touch it.
        ([on(9, 15)], on(9), on(9)),
        ([on(9, 15)], on(9, 1), on(9, 30)),
        # A gap of 14 minutes is none.
        ([on(9), on(9, 29), on(9, 44)], on(9), on(9, 59)),
        ([on(9, 7), on(9, 22)], on(9, 5), on(9, 37)),
        ([on(16, 40)], on(16, 30), on(9, day=1)),
        # A free time is a whole minute, whatever begins or is asked for between two.
        ([], on(9, 7, second=1), on(9, 8)),
        ([], on(9, 7, second=0.000001), on(9, 8)),
        ([], on(16, 44, second=59), on(16, 45)),
        ([], on(16, 45, second=1), on(9, day=1)),
        ([on(9, 0, second=20)], on(9), on(9, 16)),
        ([on(9, 0, second=20), on(9, 30, second=59)], on(9), on(9, 46)),
        ([on(9, 0, second=20), on(9, 31)], on(9), on(9, 16)),
    ],
    ids=str,
)
def test_the_next_free_time_is_the_earliest_that_touches_no_other(taken, since, free):
    assert diary(*taken).next_free(since) == free


def test_a_full_day_is_passed_over():
    booked = [on(9), on(12), on(9, day=1)]
    assert diary(*booked, limit=2).next_free(on(9)) == on(9, 15, day=1)
    assert diary(*booked, limit=1).next_free(on(9)) == on(9, day=2)


def test_what_was_completed_counts_for_the_day_and_takes_no_slot():
    assert diary(limit=1, completed=[on(9)]).next_free(on(9)) == on(9, day=1)
    assert diary(limit=2, completed=[on(9)]).next_free(on(9)) == on(9)


def test_around_the_clock_slots_go_over_midnight():
    full = [MONDAY + number * SLOT for number in range(95)]
    assert diary(*full, hours=ALL_DAY).next_free(on(0, 1)) == on(23, 45)
    assert diary(*full, on(23, 50), hours=ALL_DAY).next_free(on(0)) == on(0, 5, day=1)
    assert diary(*full, on(23, 50, second=1), hours=ALL_DAY).next_free(on(0)) == on(0, 6, day=1)
    assert diary(hours=ALL_DAY).next_free(on(23, 59, second=1)) == on(0, day=1)


def test_nothing_is_free_for_a_year():
    nobody = Hours(UTC_ZONE, time(9), time(9, 10))
    assert diary(hours=nobody).next_free(on(0)) is None
    assert diary(hours=nobody).next_free(on(0, day=365)) is None
    only_slot = Hours(UTC_ZONE, time(9), time(9, 15))
    booked = [on(9, day=day) for day in range(366)]
    assert diary(*booked, hours=only_slot).next_free(on(9)) is None
    assert diary(*booked[:-1], hours=only_slot).next_free(on(9)) == on(9, day=365)


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize(
    ("at", "limit", "refused", "said"),
    [
        (on(0), 9, PastDatetime, "Must be in the future."),
        (
            on(8, 59),
            9,
            OutsideWorkingHours,
            "Outside the agent's working hours, 09:00 to 17:00, UTC. The next free time is 2030-01-07T09:15:00Z.",
        ),
        (
            on(12),
            1,
            DailyLimitReached,
            "The agent has 1 callback on that day, which is its limit. The next free time is 2030-01-08T09:00:00Z.",
        ),
        (
            on(9, 14),
            9,
            SlotTaken,
            "The agent has another callback within 15 minutes of that time."
            " The next free time is 2030-01-07T09:15:00Z.",
        ),
        (on(9, 15), 9, None, ""),
    ],
    ids=str,
)
def test_a_refusal_says_why_and_when_it_could_be(at, limit, refused, said):
    refusal = diary(on(9), limit=limit).refusal(at, field="new_datetime")
    if refused is None:
        assert refusal is None
    else:
        assert type(refusal) is refused
        assert refusal.fields == {"new_datetime": [said]}


@time_machine.travel(MONDAY, tick=False)
def test_no_hint_is_given_where_nothing_is_free():
    refusal = diary(hours=Hours(UTC_ZONE, time(9), time(9, 10))).refusal(on(9))
    assert refusal.fields == {"scheduled_datetime": ["Outside the agent's working hours, 09:00 to 09:10, UTC."]}


@time_machine.travel(MONDAY, tick=False)
@pytest.mark.parametrize("at", [on(9), on(9, day=400)], ids=str)
def test_a_diary_does_not_answer_about_times_that_it_has_not_read(at):
    with pytest.raises(ValueError, match="says nothing about"):
        diary(since=on(10)).refusal(at)


BRUTE_ZONES = st.sampled_from([UTC_ZONE, PARIS, ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")])
# Around the days when the clocks there change.
BRUTE_DAYS = st.sampled_from(
    [date(2030, 3, 9), date(2030, 3, 30), date(2030, 10, 5), date(2030, 10, 26), date(2030, 11, 2)]
)
minutes = st.integers(0, 3 * 24 * 60)
moments = st.builds(lambda minute, seconds: minute * MINUTE + seconds * SECOND, minutes, st.sampled_from([0, 0, 1, 59]))


@settings(max_examples=60, deadline=None)
@given(
    zone=BRUTE_ZONES,
    day=BRUTE_DAYS,
    window=st.sampled_from([(0, 0), (1, 4), (9, 12), (22, 0)]),
    limit=st.integers(1, 6),
    taken=st.lists(moments, max_size=25),
    completed=st.lists(moments, max_size=5),
    asked=st.lists(moments, min_size=1, max_size=4),
)
def test_the_diary_says_what_a_look_at_every_minute_says(zone, day, window, limit, taken, completed, asked):
    hours = Hours(zone, time(window[0]), time(window[1]))
    first = hours.begin_of(day)
    apart: list[datetime] = []
    for moment in sorted(taken):
        if not apart or first + moment >= apart[-1] + SLOT:
            apart.append(first + moment)
    done = [first + moment for moment in completed]
    booked = Diary(hours, daily_limit=limit, since=first, taken=apart, completed=done)

    def is_free(at: datetime) -> bool:
        same_day = [other for other in (*apart, *done) if hours.day_of(other) == hours.day_of(at)]
        touching = [other for other in apart if abs(other - at) < SLOT]
        return hours.holds(at) and len(same_day) < limit and not touching

    with time_machine.travel(first - MINUTE, tick=False):
        for moment in asked:
            since = first + moment
            assert (booked.refusal(since) is None) == is_free(since)
            free = booked.next_free(since)
            # The days there begin at whole minutes.
            whole = first - (first - since) // MINUTE * MINUTE
            expected = next(filter(is_free, (whole + number * MINUTE for number in range(8 * 24 * 60))))
            assert free == expected
            # Whoever takes what is free leaves it to nobody else; the next question knows.
            booked.take(free)
            apart.append(free)
            assert not is_free(free)
            assert booked.refusal(free) is not None


def test_ten_thousand_are_placed_one_after_another_within_a_second():
    hours = Hours(PARIS, time(9), time(18))
    since = datetime(2030, 1, 7, 9, 7, tzinfo=UTC)
    booked = Diary(hours, daily_limit=50, since=since, taken=[since + number * SLOT * 3 for number in range(500)])
    begun = clock.process_time()
    places = []
    for _ in range(10_000):
        at = booked.next_free(since)
        booked.take(at)
        places.append(at)
    assert clock.process_time() - begun < 1
    assert places == sorted(places)
    assert all(later - earlier >= SLOT for earlier, later in pairwise(places))
    assert all(map(hours.holds, places))


@pytest.mark.django_db
def test_an_agents_diary_is_read_in_one_query(in_scope, django_assert_num_queries):
    agent = AIAgentFactory(
        timezone="Europe/Paris", working_hours_start=time(9), working_hours_end=time(12), max_daily_calls=4
    )
    customer = CustomerFactory(agent=agent)
    book = lambda hour, **more: CallbackFactory(customer=customer, scheduled_datetime=on(hour), **more)  # noqa: E731
    book(8)
    book(9, status="in_progress")
    book(10, status="completed")
    book(10, status="cancelled")
    moved = book(10, status="rescheduled")
    CallbackFactory(scheduled_datetime=on(9, 30))
    with time_machine.travel(MONDAY, tick=False):
        with django_assert_num_queries(1):
            booked = Diary.of(agent, since=on(9, 30))
        assert type(booked.refusal(on(9, 30))) is DailyLimitReached
        with django_assert_num_queries(1):
            without = Diary.of(agent, since=on(9, 30), leaving_out=[moved.pk])
        assert without.refusal(on(9, 30)) is None
        assert without.refusal(on(10)) is None
        assert type(Diary.of(agent, since=on(8)).refusal(on(9, 14))) is DailyLimitReached
        agent.max_daily_calls = 5
        assert type(Diary.of(agent, since=on(8)).refusal(on(9, 14))) is SlotTaken
        assert Diary.of(agent, since=on(8)).next_free(on(8)) == on(8, 15)


@pytest.mark.django_db
def test_a_slot_that_began_the_day_before_is_known(in_scope):
    agent = AIAgentFactory()
    CallbackFactory(customer=CustomerFactory(agent=agent), scheduled_datetime=on(0) - 5 * MINUTE)
    assert Diary.of(agent, since=on(0, 1)).next_free(on(0, 1)) == on(0, 10)
