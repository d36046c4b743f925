"""Any log, closed in any way, read with any filters: the answers are those of a loop over its rows."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import tenancy
from profiles import selectors
from profiles.models import BrowserProfile, LoggedOutProfile
from profiles.selectors import Filters
from profiles.services import segments
from tests.profiles.counting import assert_counts_equal_rows

START = datetime(2026, 3, 1, tzinfo=UTC)
AGENTS, PROFILES = ("Ann", "ann b", "100%"), ("x_1", "X1", "ann")
hours = st.integers(min_value=-30, max_value=200)
moments = st.one_of(
    hours.map(lambda hour: START + timedelta(hours=hour)),
    hours.map(lambda hour: START + timedelta(days=hour // 24)),
)
names = st.tuples(st.sampled_from(AGENTS), st.sampled_from(PROFILES))
inserted = st.tuples(st.just("insert"), st.lists(st.tuples(st.booleans(), names, moments), min_size=1, max_size=12))
picked = st.sets(st.integers(min_value=0, max_value=60), min_size=1, max_size=8)
deleted = st.tuples(st.just("delete"), picked)
moved = st.tuples(st.just("update"), st.tuples(picked, names, moments))
closed = st.tuples(st.just("close"), st.none())
steps = st.lists(st.one_of(inserted, inserted, deleted, moved, closed, closed), min_size=1, max_size=12)
filters = st.builds(
    Filters,
    agent_name=st.sampled_from([None, None, "Nobody", *AGENTS]),
    profile_name=st.sampled_from([None, None, *PROFILES]),
    since=st.one_of(st.none(), moments),
    until=st.one_of(st.none(), moments),
    search=st.sampled_from([None, None, None, "", "a", "ANN", "%", "_1", "x1", "nobody"]),
)


def write(step: str, what, organizations) -> None:
    """Do one thing to the log, through SQL that knows nothing of segments."""
    if step == "insert":
        for is_ours, (agent, profile), at in what:
            with tenancy.scope(organizations[0 if is_ours else 1]):
                named, _ = BrowserProfile.objects.get_or_create(agent_name=agent, profile_name=profile)
                LoggedOutProfile.objects.create(profile=named, timestamp=at)
    elif step == "close":
        segments.close_segments()
    else:
        indexes = what if step == "delete" else what[0]
        with tenancy.scope(organizations[0]):
            ids = list(LoggedOutProfile.objects.order_by("id").values_list("pk", flat=True))
            chosen = LoggedOutProfile.objects.filter(pk__in=[ids[index] for index in indexes if index < len(ids)])
            if step == "delete":
                chosen.delete()
            else:
                _, (agent, profile), at = what
                named, _ = BrowserProfile.objects.get_or_create(agent_name=agent, profile_name=profile)
                chosen.update(profile=named, timestamp=at)


def wanted(asked: Filters) -> list[tuple[int, str, str, datetime]]:
    """The rows that the filters are about, newest first, decided here."""

    def fits(agent: str, profile: str, at: datetime) -> bool:
        return (
            asked.agent_name in (None, agent)
            and asked.profile_name in (None, profile)
            and (asked.since is None or at >= asked.since)
            and (asked.until is None or at < asked.until)
            and (not asked.search or asked.search.lower() in agent.lower() or asked.search.lower() in profile.lower())
        )

    rows = LoggedOutProfile.objects.order_by("-id").values_list(
        "id", "profile__agent_name", "profile__profile_name", "timestamp"
    )
    return [row for row in rows if fits(*row[1:])]


def greatest(counts: Counter) -> list:
    return sorted(counts.items(), key=lambda counted: (-counted[1], counted[0]))[:10]


def check_page(asked: Filters, skip: int, limit: int) -> None:
    expected = wanted(asked)
    page = selectors.page(asked, skip=skip, limit=limit)
    names = [(item["id"], item["agent_name"], item["profile_name"], item["timestamp"]) for item in page.items]
    assert names == expected[skip : skip + limit]
    assert page.total == len(expected)
    assert selectors.rows(asked, skip=skip, limit=limit) == page.items
    assert [item["id"] for item in selectors.export(asked)] == [row[0] for row in expected]


def check_statistics(asked: Filters, today: date) -> None:
    expected = wanted(asked)
    statistics = selectors.statistics(asked, days=5)
    assert statistics.total_logouts == len(expected)
    assert statistics.top_agents == greatest(Counter(row[1] for row in expected))
    assert statistics.top_profiles == greatest(Counter(row[2] for row in expected))
    times: dict[tuple[str, str], list[datetime]] = {}
    for _, agent, profile, at in expected:
        times.setdefault((agent, profile), []).append(at)
    offenders = greatest(Counter({names: len(logouts) for names, logouts in times.items() if len(logouts) >= 2}))
    assert [
        (one.agent_name, one.profile_name, one.logout_count, one.first_logout, one.last_logout)
        for one in statistics.repeat_offenders
    ] == [(*names, count, min(times[names]), max(times[names])) for names, count in offenders]
    last = (asked.until - timedelta(microseconds=1)).date() if asked.until else today
    first = asked.since.date() if asked.since else last - timedelta(days=4)
    per_day = Counter(row[3].date() for row in expected)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert [(day.date, day.logout_count) for day in statistics.daily] == [(day, per_day[day]) for day in days]


@pytest.mark.parametrize("few", [0, 1000], ids=["by newest", "by profile"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=steps,
    asked=st.lists(filters, min_size=1, max_size=4),
    skip=st.integers(min_value=0, max_value=40),
    limit=st.integers(min_value=1, max_value=30),
    blocks=st.tuples(st.integers(min_value=1, max_value=5), st.integers(min_value=1, max_value=3)),
)
def test_the_answers_are_those_of_a_loop(
    ours, theirs, small_segments, time_machine, few, steps, asked, skip, limit, blocks
):
    small_segments(*blocks, few_to_skip=skip % 3, few_profiles=few)
    time_machine.move_to(START + timedelta(days=3), tick=False)
    organizations = ours.organization.pk, theirs.organization.pk
    with transaction.atomic():
        for step, what in steps:
            write(step, what, organizations)
            assert_counts_equal_rows()
        for organization in organizations:
            with tenancy.scope(organization):
                check_page(Filters(), skip, limit)
                for each in asked:
                    check_page(each, skip, limit)
                    check_statistics(each, (START + timedelta(days=3)).date())
        transaction.set_rollback(True)


def test_batches_of_an_export_meet_without_a_gap(in_scope, monkeypatch):
    monkeypatch.setattr("profiles.selectors.exporting.BATCH_ROWS", 3)
    named = BrowserProfile.objects.create(agent_name="Ann", profile_name="x")
    LoggedOutProfile.objects.bulk_create(LoggedOutProfile(profile=named) for _ in range(7))
    ids = list(LoggedOutProfile.objects.values_list("pk", flat=True))
    exported = selectors.export(Filters())
    assert next(exported)["id"] == ids[0]
    LoggedOutProfile.objects.create(profile=named)
    assert [item["id"] for item in exported] == ids[1:]


@pytest.mark.parametrize(
    ("asked", "skip"),
    [
        (Filters(), 0),
        (Filters(), 5000),
        (Filters(agent_name="Ann"), 0),
        (Filters(search="a", since=START), 0),
    ],
)
def test_a_page_is_one_statement(in_scope, django_assert_num_queries, asked, skip):
    with django_assert_num_queries(1):
        selectors.page(asked, skip=skip, limit=10)


def test_a_page_behind_the_last_is_two_statements(in_scope, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert selectors.page(Filters(), skip=5, limit=10).total == 0


def test_statistics_are_two_statements(in_scope, django_assert_num_queries):
    with django_assert_num_queries(2):
        selectors.statistics(Filters(agent_name="Ann", since=START))
