"""Reads of a small log: what is found, in which order, and how it adds up."""

from datetime import UTC, datetime, timedelta

import pytest

from core import tenancy
from profiles import selectors
from profiles.selectors import Filters
from tests.profiles.factories import LoggedOutProfileFactory

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def logout(agent: str = "Agent_001", profile: str = "gmail_1", at: datetime = NOON):
    return LoggedOutProfileFactory(profile__agent_name=agent, profile__profile_name=profile, timestamp=at)


def test_a_page_is_newest_first_and_knows_how_many_there_are(in_scope):
    records = [logout(profile=f"gmail_{number}") for number in range(5)]
    page = selectors.page(Filters(), skip=1, limit=2)
    assert [item["id"] for item in page.items] == [records[3].pk, records[2].pk]
    assert page.total == 5


def test_a_row_has_the_names_of_its_profile_and_its_times(in_scope):
    record = logout(agent="Åsa", profile="gmail 7")
    record.refresh_from_db()
    expected = {
        "id": record.pk,
        "agent_name": "Åsa",
        "profile_name": "gmail 7",
        "timestamp": NOON,
        "reason": None,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }
    assert selectors.row(record.pk) == expected
    assert selectors.page(Filters(), skip=0, limit=1).items == [expected]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), "abcd"),
        (Filters(agent_name="Bob"), "ab"),
        (Filters(agent_name="bob"), ""),
        (Filters(profile_name="100%"), "bc"),
        (Filters(agent_name="Bob", profile_name="100%"), "b"),
        (Filters(search="B"), "abd"),
        (Filters(search="0%"), "bc"),
        (Filters(search="_"), "d"),
        (Filters(search="\\"), "a"),
        (Filters(since=NOON + timedelta(days=1)), "bcd"),
        (Filters(until=NOON + timedelta(days=1)), "a"),
        (Filters(since=NOON + timedelta(days=1), until=NOON + timedelta(days=3), search="100"), "bc"),
        (Filters(since=NOON, until=NOON), ""),
    ],
)
def test_filters_find_what_they_say(in_scope, filters, found):
    names = {"a": ("Bob", "x\\y"), "b": ("Bob", "100%"), "c": ("Ann", "100%"), "d": ("Ann", "b_c")}
    letters = {
        logout(agent, profile, NOON + timedelta(days=day)).pk: letter
        for day, (letter, (agent, profile)) in enumerate(names.items())
    }
    page = selectors.page(filters, skip=0, limit=10)
    assert "".join(sorted(letters[item["id"]] for item in page.items)) == found
    assert page.total == len(found)
    assert selectors.rows(filters, skip=0, limit=10) == page.items
    assert list(selectors.export(filters)) == page.items
    assert selectors.statistics(filters).total_logouts == len(found)


def test_the_organization_next_door_is_not_seen(in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = logout()
    mine = logout()
    assert selectors.row(foreign.pk) is None
    assert [item["id"] for item in selectors.page(Filters(), skip=0, limit=10).items] == [mine.pk]
    assert selectors.page(Filters(agent_name="Agent_001"), skip=0, limit=10).total == 1
    assert selectors.statistics(Filters()).top_agents == [("Agent_001", 1)]


def test_the_tops_are_the_ten_greatest_and_equal_ones_are_ordered_by_name(in_scope):
    for number in range(12):
        for _ in range(2 if number == 7 else 1):
            logout(agent=f"agent {number:02}", profile=f"profile {number % 2}")
    statistics = selectors.statistics(Filters())
    assert statistics.total_logouts == 13
    assert statistics.top_agents == [("agent 07", 2), *((f"agent {n:02}", 1) for n in (0, 1, 2, 3, 4, 5, 6, 8, 9))]
    assert statistics.top_profiles == [("profile 1", 7), ("profile 0", 6)]


def test_repeat_offenders_are_profiles_that_were_logged_out_often_enough(in_scope):
    for agent, times in (("Ann", 3), ("Bob", 2), ("Cyd", 1)):
        for hour in range(times):
            logout(agent, "gmail", NOON + timedelta(hours=hour))
    twice = selectors.statistics(Filters()).repeat_offenders
    assert [(offender.agent_name, offender.logout_count) for offender in twice] == [("Ann", 3), ("Bob", 2)]
    assert (twice[0].first_logout, twice[0].last_logout) == (NOON, NOON + timedelta(hours=2))
    assert [offender.agent_name for offender in selectors.statistics(Filters(), repeated=3).repeat_offenders] == ["Ann"]


def test_the_daily_series_has_a_row_for_each_day_of_the_window(in_scope):
    logout(at=NOON)
    logout(at=NOON.replace(hour=0))
    logout(at=NOON + timedelta(days=2))
    window = Filters(since=NOON.replace(hour=0), until=NOON.replace(day=13, hour=0))
    daily = [(day.date.day, day.logout_count) for day in selectors.statistics(window).daily]
    assert daily == [(10, 2), (11, 0), (12, 1)]


def test_the_daily_series_of_an_open_window_ends_today(in_scope, time_machine):
    time_machine.move_to(NOON, tick=False)
    logout(at=NOON)
    daily = selectors.statistics(Filters()).daily
    assert (len(daily), daily[0].date.isoformat()) == (30, "2026-02-09")
    assert [day.logout_count for day in daily] == [0] * 29 + [1]
    years = selectors.statistics(Filters(since=NOON - timedelta(days=1000))).daily
    assert (len(years), years[-1].date.isoformat()) == (366, "2026-03-10")
