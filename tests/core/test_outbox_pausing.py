"""What a delivery tells of its destination, beside a failure of the same run or of another relay's."""

import pytest
from django.db.models.functions import Now

from core import outbox
from core.outbox import store
from core.outbox.models import OutboxEvent, OutboxPause
from core.testing.outbox import consuming

pytestmark = pytest.mark.usefixtures("in_scope")


def publish(*numbers):
    for number in numbers:
        outbox.publish("test.shaky", {"n": number})


def fail_at(failing, batches):
    """A consumer that finds its destination down at the numbers in `failing`."""

    def take(taken):
        numbers = [one.payload["n"] for one in (taken if isinstance(taken, list) else [taken])]
        batches.append(numbers)
        if failing.intersection(numbers):
            raise outbox.Retry("connection refused")

    return take


def test_what_was_delivered_before_a_failure_does_not_end_the_pause_after_it():
    seen = []
    with consuming("test.shaky", fail_at({2}, seen)):
        publish(0, 1, 2, 3)
        assert outbox.relay("test.shaky") == 2
        pause = OutboxPause.objects.get()
        assert (pause.topic, pause.failures, pause.reason) == ("test.shaky", 1, "connection refused")
        assert store.due_topics(["test.shaky"]) == []
        assert outbox.relay("test.shaky") == 0
    assert seen == [[0], [1], [2]]


def test_halves_of_a_batch_that_were_delivered_do_not_end_the_pause_either():
    seen, failing = [], {3}

    def take(events):
        if len(events) > 1:
            raise ValueError("one at a time")
        fail_at(failing, seen)(events[0])

    with consuming("test.shaky", take, batch_size=10):
        publish(0, 1, 2, 3)
        assert outbox.relay("test.shaky") == 3
        assert OutboxPause.objects.get().failures == 1
        assert outbox.relay("test.shaky") == 0
    assert seen == [[0], [1], [2], [3]]


def test_failures_after_a_delivery_are_counted_anew():
    failing = {0, 1, 2, 3}
    with consuming("test.shaky", fail_at(failing, [])):
        publish(0, 1, 2, 3)
        for failures in (1, 2, 3):
            assert outbox.relay("test.shaky") == 0
            assert OutboxPause.objects.get().failures == failures
            OutboxEvent.objects.update(available_at=Now())
            OutboxPause.objects.update(until=Now())
        failing.discard(OutboxEvent.objects.order_by("created_at").first().payload["n"])
        assert outbox.relay("test.shaky") == 1
        assert OutboxPause.objects.get().failures == 1


def test_a_delivery_leaves_the_pause_alone_that_another_relay_began_meanwhile():
    def take(event):
        store.pause("test.shaky", reason="found down by another", longest=60)

    with consuming("test.shaky", take):
        publish(0)
        assert outbox.relay("test.shaky") == 1
        assert OutboxPause.objects.get().reason == "found down by another"
        OutboxPause.objects.update(until=Now())
    with consuming("test.shaky", fail_at(set(), [])):
        publish(1)
        assert outbox.relay("test.shaky") == 1
    assert not OutboxPause.objects.exists()
