"""Days and hours are those that a zone's clock shows: against each raw event, looked at by itself."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from analytics.selectors import daily, hourly
from analytics.services.counting import count
from tests.analytics.handing import handed

ZONES = [
    "UTC",
    "Europe/Paris",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Havana",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Asuncion",
    "America/St_Johns",
    "Atlantic/Azores",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
]
# Around the days on which these zones changed their clocks, and days in between.
NIGHTS = [
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2025, 10, 26, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2025, 10, 4, 15, tzinfo=UTC),
    datetime(2018, 11, 4, 3, tzinfo=UTC),
    datetime(2018, 2, 18, 2, tzinfo=UTC),
    datetime(2024, 4, 25, 22, tzinfo=UTC),
    datetime(2024, 10, 31, 21, tzinfo=UTC),
    datetime(2026, 3, 28, 22, tzinfo=UTC),
    datetime(2026, 11, 1, 5, tzinfo=UTC),
    datetime(2023, 12, 31, 10, tzinfo=UTC),
]
VALUES = st.one_of(
    st.integers(-(10**12), 10**12), st.decimals("-1000", "1000", places=6, allow_nan=False), st.integers(0, 3)
)
PROPERTY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def brute_force(events, label) -> dict:
    """Each event's own time on the clock, one after the other."""
    found = {}
    for at, value in events:
        found.setdefault(label(at), []).append(Decimal(value))
    return {name: (sum(values), len(values), min(values), max(values)) for name, values in found.items()}


def as_told(rows, name) -> dict:
    return {
        row[name]: (Decimal(row["total"]), row["count"], Decimal(row["min"]), Decimal(row["max"]))
        for row in rows
        if row["count"]
    }


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    night=st.sampled_from(NIGHTS),
    now=st.integers(0, 60 * 60),
    events=st.lists(st.tuples(st.integers(-60 * 60, 60 * 60), VALUES), max_size=25),
)
@PROPERTY
def test_days_and_hours_are_those_of_the_raw_events(in_scope, zone, night, now, events):
    METRIC_EVENTS.unscoped().delete_many({})
    METRIC_ROLLUPS.unscoped().delete_many({})
    moment = night + timedelta(minutes=now)
    made = [(night + timedelta(minutes=minutes), value) for minutes, value in events]
    count(events=handed(made, organization_id=in_scope.pk))
    today = moment.astimezone(zone).date()
    days = [today - timedelta(days=ago) for ago in reversed(range(6))]
    expected = brute_force(
        [one for one in made if days[0] <= one[0].astimezone(zone).date() <= today],
        lambda at: f"{at.astimezone(zone).date()}",
    )
    rows = daily(metric="messages_sent", days=6, zone=zone, moment=moment)
    assert [row["date"] for row in rows] == [f"{day}" for day in days]
    assert as_told(rows, "date") == expected

    rows = hourly(metric="messages_sent", hours=30, zone=zone, moment=moment)
    shown = hours_shown(zone, moment, 30)
    assert [row["hour"] for row in rows] == [label for label, _ in shown]
    expected = brute_force(made, lambda at: hour_of(at, zone))
    assert [Decimal(row["total"]) for row in rows] == [expected.get(one, (0,))[0] for one in shown]


def hour_of(at: datetime, zone: ZoneInfo) -> tuple[str, timedelta]:
    """What the clock shows, and by which offset: an hour that it shows twice is two."""
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H}:00", local.utcoffset()


def hours_shown(zone: ZoneInfo, moment: datetime, number: int) -> list[tuple[str, timedelta]]:
    """The last hours of the clock, found by looking at it every five minutes."""
    ticks = [moment - timedelta(minutes=5 * tick) for tick in range(12 * (number + 2))]
    return list(dict.fromkeys(hour_of(tick, zone) for tick in ticks))[:number][::-1]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
        ("Europe/Paris", datetime(2025, 10, 26, 12, tzinfo=UTC), 25),
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 2, tzinfo=UTC), 24.5),
        ("Australia/Lord_Howe", datetime(2025, 10, 5, 2, tzinfo=UTC), 23.5),
        ("America/Sao_Paulo", datetime(2018, 11, 4, 15, tzinfo=UTC), 23),
        ("Asia/Kathmandu", datetime(2026, 1, 27, 12, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_as_long_as_it_was(in_scope, zone, day, hours):
    quarters = [day + timedelta(minutes=15 * number) for number in range(-192, 192)]
    count(events=handed([(at, 1) for at in quarters], organization_id=in_scope.pk))
    row = daily(metric="messages_sent", days=2, zone=ZoneInfo(zone), moment=day + timedelta(days=1))[0]
    assert (row["date"], row["count"]) == (f"{day.astimezone(ZoneInfo(zone)).date()}", hours * 4)


def test_an_hour_that_the_clock_shows_twice_is_two_rows(in_scope):
    first, second = (datetime(2025, 10, 26, hour, 30, tzinfo=UTC) for hour in (0, 1))
    count(events=handed([(first, 3), (second, 40)], organization_id=in_scope.pk))
    rows = hourly(
        metric="messages_sent",
        hours=4,
        zone=ZoneInfo("Europe/Paris"),
        moment=datetime(2025, 10, 26, 2, 10, tzinfo=UTC),
    )
    assert [(row["hour"], row["total"]) for row in rows] == [
        ("2025-10-26 01:00", 0),
        ("2025-10-26 02:00", 3),
        ("2025-10-26 02:00", 40),
        ("2025-10-26 03:00", 0),
    ]


def test_a_day_that_the_calendar_left_out_is_empty(in_scope):
    """Samoa went from 29 to 31 December 2011."""
    noon = datetime(2011, 12, 31, 12, tzinfo=UTC)
    count(
        events=handed(
            [(noon - timedelta(days=1, hours=number), 1) for number in range(24)], organization_id=in_scope.pk
        )
    )
    rows = daily(metric="messages_sent", days=4, zone=ZoneInfo("Pacific/Apia"), moment=noon)
    assert [row["date"] for row in rows] == ["2011-12-29", "2011-12-30", "2011-12-31", "2012-01-01"]
    assert rows[1]["count"] == 0
    assert Counter({row["date"]: row["count"] for row in rows}).total() == 24


@pytest.mark.parametrize("hours", [1, 24, 8784])
@pytest.mark.parametrize("zone", ZONES)
def test_there_are_as_many_rows_as_asked_for(in_scope, zone, hours):
    moment = datetime(2026, 11, 23, 10, 52, tzinfo=UTC)
    rows = hourly(metric="messages_sent", hours=hours, zone=ZoneInfo(zone), moment=moment)
    assert len(rows) == hours
    assert rows[-1]["hour"] == hour_of(moment, ZoneInfo(zone))[0]
