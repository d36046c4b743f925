"""When an event that was handed over is marked, and what that costs."""

from datetime import timedelta
from uuid import uuid4

from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import outbox
from core.outbox.models import OutboxEvent
from core.testing.outbox import consuming


def test_an_event_is_marked_with_the_beginning_of_the_next_and_the_last_one_at_the_end(in_scope):
    delivered = []

    def look(event) -> None:
        delivered.append(OutboxEvent.objects.filter(delivered_at__isnull=False).count())

    with consuming("test.look", look):
        for _ in range(3):
            outbox.publish("test.look", {})
        assert outbox.relay("test.look") == 3
    assert delivered == [0, 1, 2]
    assert OutboxEvent.objects.filter(delivered_at__isnull=False).count() == 3


def test_handing_over_one_more_event_is_one_more_statement(inbox, in_scope):
    counts = []
    for number in (1, 11):
        for _ in range(number):
            outbox.publish("test.one", {})
        with CaptureQueriesContext(connection) as queries:
            assert outbox.relay("test.one") == number
        counts.append(len(queries))
    assert counts[1] - counts[0] == 10


def test_what_was_handed_over_is_marked_when_the_next_one_fails(in_scope):
    def fail_second(event) -> None:
        if event.payload["n"] == 2:
            raise outbox.Retry("down")

    with consuming("test.down", fail_second):
        for number in (1, 2):
            outbox.publish("test.down", {"n": number})
        assert outbox.relay("test.down") == 1
    assert [(one.payload["n"], one.state) for one in OutboxEvent.objects.order_by("created_at")] == [
        (1, "delivered"),
        (2, "open"),
    ]


def test_an_attempt_that_the_destination_is_to_blame_for_is_taken_back_from_whoever_took_over_meanwhile(in_scope):
    another = uuid4()

    def take_too_long(event) -> None:
        OutboxEvent.objects.update(
            lease_token=another, lease_expires_at=timezone.now() + timedelta(minutes=1), attempts=F("attempts") + 1
        )
        raise outbox.Retry("down")

    with consuming("test.slow", take_too_long):
        outbox.publish("test.slow", {})
        assert outbox.relay("test.slow") == 0
    event = OutboxEvent.objects.get()
    assert (event.attempts, event.lease_token, event.state) == (1, another, "open")
