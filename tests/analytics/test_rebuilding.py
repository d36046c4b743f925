"""Sums are made anew from the raw events, while events arrive."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from bson import Decimal128
from django.core.management import CommandError, call_command
from pymongo.errors import NetworkTimeout

from analytics.documents import METRIC_ROLLUPS
from analytics.services import rebuilding
from analytics.services.counting import count
from analytics.services.rebuilding import Window, rebuild
from core import tenancy
from tests.analytics.handing import handed
from tests.analytics.recount import recounted, rolled_up
from tests.threads import at_once

AT = datetime(2026, 1, 27, 10, 20, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def filled(in_scope):
    """Events of three days, some of them decimals, and those of another metric."""
    made = [(AT + timedelta(hours=hour), hour) for hour in range(-48, 24)] + [(AT, Decimal("0.1")), (AT, -3)]
    count(events=handed(made, organization_id=in_scope.pk))
    count(events=handed([(AT, 5)], organization_id=in_scope.pk, metric="agents_online"))
    return in_scope


def run(*arguments: str) -> str:
    told = StringIO()
    call_command("rebuild_metrics", *arguments, stdout=told)
    return told.getvalue()


def spoil() -> None:
    """A sum that is wrong, one that is missing and one of nothing."""
    METRIC_ROLLUPS.unscoped().update_one({"count": 3}, {"$inc": {"sum": 1}})
    METRIC_ROLLUPS.unscoped().delete_one({"metric": "agents_online"})
    METRIC_ROLLUPS.here().insert(
        {
            "_id": uuid4(),
            "metric": "messages_sent",
            "start": AT.replace(minute=45),
            "sum": Decimal128("1"),
            "count": 1,
            "min": 1,
            "max": 1,
        }
    )


def test_right_sums_are_left_alone(filled):
    before = rolled_up(filled.pk)
    assert run("--check").startswith("5 days of metrics compared, 0 sums differ.")
    run()
    assert rolled_up(filled.pk) == before == recounted(filled.pk)


def test_what_differs_is_told_and_put_right(filled):
    spoil()
    spoiled = rolled_up(filled.pk)
    with pytest.raises(CommandError, match=r"^3 sums differ from their events\.$"):
        run("--check")
    assert rolled_up(filled.pk) == spoiled != recounted(filled.pk)
    told = run()
    assert "5 days of metrics compared, 3 sums put right." in told
    assert "2026-01-27 10:15" in told
    assert "-1.9 (3: -3 to 0.1)" in told
    assert "-2.9 (3: -3 to 0.1)" in told
    assert rolled_up(filled.pk) == recounted(filled.pk)
    run("--check")


def test_all_sums_can_be_lost(filled):
    METRIC_ROLLUPS.unscoped().delete_many({})
    run()
    assert rolled_up(filled.pk) == recounted(filled.pk)
    count(events=handed([(AT, 7)], organization_id=filled.pk))
    assert rolled_up(filled.pk) == recounted(filled.pk)


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["--metric", "agents_online"], 2),
        (["--since", "2026-01-28"], 3),
        (["--until", "2026-01-26"], 3),
        (["--since", "2026-01-27", "--until", "2026-01-27", "--metric", "messages_sent"], 1),
        (["--organization", "other"], 3),
        (["--organization", "demo"], 0),
    ],
    ids=["metric", "since", "until", "day", "other", "ours"],
)
def test_it_keeps_to_what_it_is_told(filled, theirs, arguments, left):
    spoil()
    run(*arguments)
    found, right = rolled_up(filled.pk), recounted(filled.pk)
    assert sum(found.get(key) != right.get(key) for key in found.keys() | right.keys()) == left


def test_an_unknown_organization_is_told(db):
    with pytest.raises(CommandError, match="There is no organization 'nobody'"):
        run("--organization", "nobody")


def test_what_takes_too_long_is_done_by_halves(filled, monkeypatch):
    spoil()
    real, asked = rebuilding._rebuild, []

    def slow(window, session, *, check_only):
        asked.append(window.until - window.since)
        if window.until - window.since > timedelta(hours=6):
            raise NetworkTimeout("too long")
        return real(window, session, check_only=check_only)

    monkeypatch.setattr(rebuilding, "_rebuild", slow)
    begin = AT.replace(hour=0, minute=0)
    assert len(rebuild(window=Window("messages_sent", begin, begin + DAY))) == 2
    assert sorted(asked) == [timedelta(hours=6)] * 4 + [timedelta(hours=12)] * 2 + [DAY]


@pytest.mark.django_db(transaction=True)
def test_events_may_arrive_meanwhile(ours):
    organization_id = ours.organization.pk
    begin = AT.replace(hour=0, minute=0)
    window = Window("messages_sent", begin, begin + DAY)
    quarters = [begin + timedelta(minutes=15 * number) for number in range(8)]

    def ingest() -> None:
        for number in range(60):
            count(events=handed([(quarter, number) for quarter in quarters], organization_id=organization_id))

    def spoil_and_rebuild() -> None:
        for number in range(40):
            quarter = quarters[number % len(quarters)]
            METRIC_ROLLUPS.unscoped().delete_one({"metric": "messages_sent", "start": quarter})
            rebuild(window=window)

    def rebuild_all_the_time() -> None:
        for _ in range(60):
            rebuild(window=window)

    at_once([ingest, ingest, spoil_and_rebuild, rebuild_all_the_time], organization_id=organization_id)
    with tenancy.scope(organization_id):
        rebuild(window=window)
        assert rebuild(window=window, check_only=True) == []
    sums = rolled_up(organization_id)
    assert sums == recounted(organization_id)
    assert [row[:2] for row in sums.values()] == [(2 * sum(range(60)), 120)] * 8


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_beside_events_leaves_nothing_to_put_right(ours):
    """Nobody spoils anything: so nothing may differ at the end, although rebuilds wrote and read all the time."""
    organization_id = ours.organization.pk
    begin = AT.replace(hour=0, minute=0)
    window = Window("messages_sent", begin, begin + DAY)

    def ingest() -> None:
        for number in range(80):
            count(events=handed([(begin, number), (begin + DAY / 2, 1)], organization_id=organization_id))

    found = []
    at_once(
        [ingest, ingest, lambda: found.extend(one for _ in range(80) for one in rebuild(window=window))],
        organization_id=organization_id,
    )
    assert found == []
    assert rolled_up(organization_id) == recounted(organization_id)
