"""Events that the platform records are stored and counted, once each."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from analytics import services as analytics
from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from analytics.services.counting import count
from core import outbox, tenancy
from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests.analytics.recount import recounted, rolled_up
from tests.threads import at_once

AT = datetime(2026, 1, 27, 10, 20, 30, 123456, tzinfo=UTC)
KEY = UUID(int=7)


def as_events(*rows: OutboxEvent) -> list[outbox.Event]:
    """What a relay would hand over."""
    return [
        outbox.Event(row.pk, row.topic, row.organization_id, row.payload, row.request_id, row.created_at, 0)
        for row in rows
    ]


def published() -> list[outbox.Event]:
    return as_events(*OutboxEvent.objects.filter(topic=analytics.TOPIC).order_by("created_at", "id"))


def test_an_event_is_stored_and_counted_in_its_quarter_of_an_hour(in_scope):
    analytics.record("messages_sent", value=3, at=AT, dimensions={"channel": "whatsapp"}, event_id=KEY)
    outbox.relay(analytics.TOPIC)
    moment = AT.replace(microsecond=123000)
    assert METRIC_EVENTS.here().find_one({}) == {
        "_id": KEY,
        "organization_id": in_scope.pk,
        "metric": "messages_sent",
        "value": 3,
        "at": moment,
        "dimensions": {"channel": "whatsapp"},
    }
    assert rolled_up(in_scope.pk) == {
        ("messages_sent", datetime(2026, 1, 27, 10, 15, tzinfo=UTC)): (3, 1, 3, 3),
    }


def test_now_and_one_are_what_is_meant_unless_told(in_scope, standing_clock):
    analytics.record("contacts_created")
    outbox.relay(analytics.TOPIC)
    event = METRIC_EVENTS.here().find_one({})
    assert (event["value"], event["at"].isoformat()) == (1, "2046-01-27T10:20:00+00:00")


def test_sums_of_decimals_are_exact_and_so_are_those_of_the_largest(in_scope):
    values = [Decimal("0.1")] * 3 + [Decimal("-0.000001"), 10**12, Decimal("999999999999.999999"), -5, Decimal("2.50")]
    for value in values:
        analytics.record("messages_sent", value=value, at=AT)
    outbox.relay(analytics.TOPIC)
    [rollup] = METRIC_ROLLUPS.here().find({})
    assert rollup["sum"].to_decimal() == Decimal("1999999999997.799998")
    assert (rollup["count"], rollup["min"], rollup["max"]) == (8, -5, 10**12)
    assert rolled_up(in_scope.pk) == recounted(in_scope.pk)


def test_a_sum_goes_on_where_whole_numbers_of_64_bits_end(in_scope):
    analytics.record("messages_sent", at=AT)
    outbox.relay(analytics.TOPIC)
    METRIC_ROLLUPS.unscoped().update_one({}, {"$inc": {"sum": 2**63 - 2}})
    analytics.record("messages_sent", value=10**12, at=AT)
    outbox.relay(analytics.TOPIC)
    assert METRIC_ROLLUPS.here().find_one({})["sum"].to_decimal() == 2**63 - 1 + 10**12


@pytest.mark.parametrize("value", [10**12 + 1, Decimal("0.0000001"), Decimal("NaN"), Decimal("-Infinity")], ids=str)
def test_a_value_that_cannot_be_summed_exactly_is_refused(in_scope, value):
    with pytest.raises(ValueError, match="A value"):
        analytics.record("messages_sent", value=value)
    assert published() == []


def test_an_unknown_metric_is_refused(in_scope):
    with pytest.raises(ValueError, match="There is no metric 'likes'"):
        analytics.record("likes")
    assert published() == []


def test_an_event_id_is_recorded_once(in_scope):
    for value in (1, 2):
        analytics.record("messages_sent", value=value, at=AT, event_id=KEY)
    analytics.record_many("messages_sent", moments=[AT, AT], event_ids=[KEY, UUID(int=8)])
    assert [(event.id, event.payload["value"]) for event in published()] == [(KEY, 1), (UUID(int=8), 1)]


def test_events_that_are_handed_over_again_are_not_counted_again(in_scope):
    analytics.record_many("messages_sent", moments=[AT] * 5, event_ids=[UUID(int=number) for number in range(5)])
    events = published()
    count(events=events[:3])
    count(events=events)
    count(events=events[4:])
    assert METRIC_EVENTS.here().count() == 5
    assert [row[:2] for row in rolled_up(in_scope.pk).values()] == [(5, 5)]


def test_another_event_under_the_id_of_one_of_ours_is_parked_and_its_neighbours_are_counted(in_scope):
    analytics.record_many("messages_sent", moments=[AT] * 4, event_ids=[UUID(int=number) for number in range(4)])
    count(events=published()[2:3])
    METRIC_EVENTS.unscoped().update_one({"_id": UUID(int=2)}, {"$set": {"value": 9}})
    before = METRIC_ROLLUPS.here().find_one({})
    assert outbox.relay(analytics.TOPIC) == 3
    parked = OutboxEvent.objects.get(parked_at__isnull=False)
    assert (parked.pk, parked.last_error) == (
        UUID(int=2),
        f"A different document is stored with _id {UUID(int=2)}.",
    )
    after = METRIC_ROLLUPS.here().find_one({})
    assert before["count"] == 1
    assert (after["count"], after["sum"].to_decimal()) == (4, 4)


def test_each_organization_has_sums_of_its_own(ours, theirs):
    for company, value in ((ours, 3), (theirs, 40)):
        with tenancy.scope(company.organization.pk):
            analytics.record("messages_sent", value=value, at=AT)
    outbox.relay(analytics.TOPIC)
    assert [list(rolled_up(company.organization.pk).values()) for company in (ours, theirs)] == [
        [(3, 1, 3, 3)],
        [(40, 1, 40, 40)],
    ]


@pytest.mark.django_db(transaction=True)
def test_relays_that_are_handed_the_same_events_at_once_count_them_once(ours):
    moments = [AT.replace(minute=minute) for minute in range(60)] * 5
    with tenancy.scope(ours.organization.pk):
        with transaction.atomic():
            analytics.record_many(
                "messages_sent", moments=moments, event_ids=[UUID(int=one) for one in range(len(moments))]
            )
        events = published()
    halves = [events[:200], events[100:], events, list(reversed(events)), events[50:250], events[::2]]
    at_once([lambda part=part: count(events=part) for part in halves], organization_id=ours.organization.pk)
    sums = rolled_up(ours.organization.pk)
    assert [row[:2] for row in sums.values()] == [(75, 75)] * 4
    assert sums == recounted(ours.organization.pk)


@pytest.mark.django_db(transaction=True)
def test_relays_at_once_count_all_in_one_quarter(ours):
    with tenancy.scope(ours.organization.pk):
        with transaction.atomic():
            analytics.record_many("messages_sent", moments=[AT] * 400, event_ids=[UUID(int=one) for one in range(400)])
        events = published()
    parts = [[events[start::8][index] for index in range(50)] for start in range(8)]
    at_once(
        [lambda part=part: [count(events=part[index : index + 5]) for index in range(0, 50, 5)] for part in parts],
        organization_id=ours.organization.pk,
    )
    assert [row[:2] for row in rolled_up(ours.organization.pk).values()] == [(400, 400)]
    assert len(eventually(lambda: list(METRIC_EVENTS.unscoped().find({})))) == 400
