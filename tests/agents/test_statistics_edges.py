"""Where periods begin and end: on the clock of a zone, also on days of 23 and of 25 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from agents.selectors.statistics.periods import periods
from core.clocks import offsets_between
from tests.agents.factories import CallFactory, CustomerFactory
from tests.agents.numbers import stats

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ZONES = [
    *("UTC", "Europe/Paris", "America/New_York", "America/Santiago", "America/Havana", "Africa/Cairo"),
    *("Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "Africa/Casablanca"),
]
MOMENTS = st.integers(0, 30 * 365 * 86_400).map(lambda second: datetime(2005, 1, 1, tzinfo=UTC) + second * SECOND)


def of(name: str, zone: str, moment: datetime) -> list[str]:
    """When the period before begins, when this one begins, and when it ends."""
    asked = periods(name, zone=ZoneInfo(zone), moment=moment)
    assert asked.previous is not None
    assert asked.previous.until == asked.current.since
    return [f"{at:%Y-%m-%dT%H:%M}" for at in (asked.previous.since, asked.current.since, asked.current.until)]


@pytest.mark.parametrize(
    ("name", "zone", "moment", "edges"),
    [
        # The clock leaps forward on 2031-03-30 and is put back on 2031-10-26.
        ("today", "Europe/Paris", "2031-03-30T12:00", ["2031-03-28T23:00", "2031-03-29T23:00", "2031-03-30T22:00"]),
        ("today", "Europe/Paris", "2031-10-26T12:00", ["2031-10-24T22:00", "2031-10-25T22:00", "2031-10-26T23:00"]),
        ("week", "Europe/Paris", "2031-03-30T21:59", ["2031-03-16T23:00", "2031-03-23T23:00", "2031-03-30T22:00"]),
        ("week", "Europe/Paris", "2031-03-30T22:00", ["2031-03-23T23:00", "2031-03-30T22:00", "2031-04-06T22:00"]),
        ("month", "Europe/Paris", "2031-10-26T12:00", ["2031-08-31T22:00", "2031-09-30T22:00", "2031-10-31T23:00"]),
        ("month", "America/New_York", "2031-01-01T04:59", ["2030-11-01T04:00", "2030-12-01T05:00", "2031-01-01T05:00"]),
        ("month", "America/New_York", "2031-01-01T05:00", ["2030-12-01T05:00", "2031-01-01T05:00", "2031-02-01T05:00"]),
        ("month", "UTC", "2028-02-29T23:59", ["2028-01-01T00:00", "2028-02-01T00:00", "2028-03-01T00:00"]),
        # There is no midnight there on 2026-09-06, and there are two on 2026-11-01.
        ("today", "America/Santiago", "2026-09-06T12:00", ["2026-09-05T04:00", "2026-09-06T04:00", "2026-09-07T03:00"]),
        ("today", "America/Havana", "2026-11-01T12:00", ["2026-10-31T04:00", "2026-11-01T04:00", "2026-11-02T05:00"]),
        ("today", "Asia/Kathmandu", "2031-01-15T18:15", ["2031-01-14T18:15", "2031-01-15T18:15", "2031-01-16T18:15"]),
    ],
)
def test_periods_begin_at_midnight_of_the_zone(name, zone, moment, edges):
    assert of(name, zone, datetime.fromisoformat(moment).replace(tzinfo=UTC)) == edges


@given(name=st.sampled_from(["today", "week", "month"]), zone=st.sampled_from(ZONES), moment=MOMENTS)
def test_the_moment_is_in_the_period_and_periods_follow_each_other(name, zone, moment):
    asked = periods(name, zone=ZoneInfo(zone), moment=moment)
    assert asked.current.since <= moment < asked.current.until
    assert asked.previous is not None
    earlier = periods(name, zone=ZoneInfo(zone), moment=asked.current.since - timedelta(microseconds=1))
    assert earlier.current == asked.previous
    later = periods(name, zone=ZoneInfo(zone), moment=asked.current.until)
    assert later.previous == asked.current


@given(zone=st.sampled_from(ZONES), moment=MOMENTS)
def test_the_days_are_those_that_have_begun(zone, moment):
    asked = periods("month", zone=ZoneInfo(zone), moment=moment)
    today = moment.astimezone(ZoneInfo(zone)).date()
    assert asked.current.days(moment) == [today.replace(day=number) for number in range(1, today.day + 1)]
    assert asked.previous is not None
    assert asked.previous.days(moment)[-1] == today.replace(day=1) - timedelta(days=1)


@given(zone=st.sampled_from(ZONES), since=MOMENTS, days=st.integers(1, 400), part=st.floats(0, 1))
def test_offsets_tell_what_the_clock_shows_at_any_time(zone, since, days, part):
    until = since + timedelta(days=days)
    offsets = offsets_between(ZoneInfo(zone), since, until)
    moment = since + (until - since) * part
    ahead = next(offset for begins, offset in reversed(offsets) if begins <= moment)
    assert ahead == moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert [begins for begins, _ in offsets] == sorted({begins for begins, _ in offsets})


def test_all_of_time_has_offsets_from_2000_on():
    asked = periods("all", zone=ZoneInfo("Europe/Paris"), moment=datetime(2031, 1, 15, tzinfo=UTC)).parameters
    assert asked["changes"][0] == datetime(2000, 1, 1, tzinfo=UTC)
    assert asked["changes"][1] == datetime(2000, 3, 26, 1, tzinfo=UTC)
    assert len(asked["changes"]) == len(asked["offsets"]) == 1 + 2 * 32


@pytest.fixture
def at_that_time(ours, logged_in, time_machine):
    """Move the clock, and log the admin in: his login would not last until then."""

    def move(moment: datetime) -> APIClient:
        time_machine.move_to(moment, tick=False)
        return logged_in(ours.admin)

    return move


def called_at(agent, *moments: datetime) -> None:
    customer = CustomerFactory(agent=agent, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    for moment in moments:
        CallFactory(customer=customer, started_at=moment)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("noon", "hours"),
    [(datetime(2031, 3, 30, 12, tzinfo=UTC), 23), (datetime(2031, 10, 26, 12, tzinfo=UTC), 25)],
    ids=["forward", "back"],
)
def test_a_day_has_all_its_hours_and_none_of_the_next(at_that_time, sarah, noon, hours):
    admin = at_that_time(noon)
    midnight = datetime(noon.year, noon.month, noon.day, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    called_at(sarah, *(midnight + number * HOUR for number in range(-1, hours + 1)))
    found = stats(admin, time_period="today", tz="Europe/Paris")["call_statistics"]
    assert found["total"] == hours
    assert found["per_day"] == [{"date": f"{noon:%Y-%m-%d}", "total": hours, "completed": hours}]
    # The hour that the clock shows twice is the busiest one; where none is, the first.
    assert found["busiest_hour"] == ({"hour": 2, "calls": 2} if hours == 25 else {"hour": 0, "calls": 1})


@pytest.mark.django_db
def test_the_clock_is_the_agents_unless_told(at_that_time, sarah):
    admin = at_that_time(datetime(2031, 1, 15, 12, tzinfo=UTC))
    sarah.timezone = "Asia/Tokyo"
    sarah.save()
    called_at(sarah, datetime(2031, 1, 14, 15, tzinfo=UTC), datetime(2031, 1, 14, 14, 59, 59, 999999, tzinfo=UTC))
    tokyo = stats(admin, time_period="today", agent_id=str(sarah.pk))
    assert tokyo["period"] == {"from": "2031-01-14T15:00:00Z", "to": "2031-01-15T15:00:00Z", "tz": "Asia/Tokyo"}
    assert tokyo["call_statistics"]["total"] == 1
    assert tokyo["call_statistics"]["busiest_hour"] == {"hour": 0, "calls": 1}
    assert tokyo["previous"]["call_statistics"]["busiest_hour"] == {"hour": 23, "calls": 1}
    utc = stats(admin, time_period="today", agent_id=str(sarah.pk), tz="UTC")
    assert (utc["call_statistics"]["total"], utc["previous"]["call_statistics"]["total"]) == (0, 2)
    assert stats(admin, time_period="today")["period"]["tz"] == "UTC"


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["CET", "Asia/Kathmandu", "America/St_Johns", "Antarctica/Troll"])
def test_hours_and_days_are_those_that_python_knows(at_that_time, sarah, zone):
    now = datetime(2031, 7, 20, 12, tzinfo=UTC)
    admin = at_that_time(now)
    moments = [now - timedelta(hours=7 * number, minutes=number) for number in range(60)]
    called_at(sarah, *moments)
    shown = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    days: dict[date, int] = {}
    for at in shown:
        days[at.date()] = days.get(at.date(), 0) + 1
    found = stats(admin, time_period="month", tz=zone)["call_statistics"]
    assert {date.fromisoformat(day["date"]): day["total"] for day in found["per_day"] if day["total"]} == days
    by_hour = [[at.hour for at in shown].count(hour) for hour in range(24)]
    assert found["busiest_hour"] == {"hour": by_hour.index(max(by_hour)), "calls": max(by_hour)}
    all_of_time = stats(admin, time_period="all", tz=zone)["call_statistics"]
    assert all_of_time["busiest_hour"] == found["busiest_hour"]
