"""What becomes of an event, by what its consumer says."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models.functions import Now

from core import outbox, tenancy
from core.actor import Origin, current_origin, origin_of
from core.outbox import relaying, store
from core.outbox.models import OutboxEvent, OutboxPause
from core.testing.outbox import consuming


@pytest.fixture
def event(inbox, in_scope):
    outbox.publish("test.one", {"n": 1})
    return OutboxEvent.objects.get()


def make_due():
    """As if the waiting time had passed."""
    OutboxEvent.unscoped.update(available_at=Now())
    OutboxPause.objects.update(until=Now())


def test_a_delivered_event_is_marked_and_not_handed_over_again(inbox, event):
    assert outbox.relay("test.one") == 1
    assert outbox.relay("test.one") == 0
    event.refresh_from_db()
    assert (event.state, event.attempts, event.lease_token) == ("delivered", 1, None)
    assert [(one.id, one.payload, one.attempts) for one in inbox.events] == [(event.pk, {"n": 1}, 0)]


def test_events_arrive_in_the_order_of_publication(inbox, in_scope):
    for number in range(50):
        outbox.publish("test.one", {"n": number})
    assert outbox.relay("test.one") == 50
    assert [payload["n"] for payload in inbox.payloads] == list(range(50))


def test_the_consumer_runs_in_the_events_scope_with_the_publishers_request_id(ours, theirs):
    seen = []

    def look(event):
        seen.append((tenancy.current_organization_id(), current_origin().request_id))

    with consuming("test.look", look):
        for company, request_id in ((ours, "first"), (theirs, "second")):
            with tenancy.scope(company.organization.pk), origin_of(Origin(request_id=request_id)):
                outbox.publish("test.look", {})
        assert outbox.relay("test.look") == 2
    assert seen == [(ours.organization.pk, "first"), (theirs.organization.pk, "second")]
    assert tenancy.organization_in_scope() is None


def test_a_batch_is_of_one_organization(ours, theirs):
    batches = []
    with consuming("test.many", lambda events: batches.append([one.payload["n"] for one in events]), batch_size=10):
        for number in range(6):
            with tenancy.scope((ours, theirs)[number % 2].organization.pk):
                outbox.publish("test.many", {"n": number})
        assert outbox.relay("test.many") == 6
    assert sorted(batches) == [[0, 2, 4], [1, 3, 5]]


def test_a_crash_counts_and_waits_longer_each_time_and_the_eighth_parks(inbox, event):
    inbox.error = ValueError("boom\x00")
    waits = []
    for attempt in range(1, 9):
        assert outbox.relay("test.one") == 0
        event.refresh_from_db()
        assert (event.attempts, event.last_error, event.lease_token) == (attempt, "ValueError: boom", None)
        assert event.state == ("parked" if attempt == 8 else "open")
        waits.append((event.available_at - event.created_at).total_seconds())
        make_due()
    assert [2.5 * 2**n <= wait <= 5 * 2**n + 5 for n, wait in enumerate(waits)] == [True] * 8
    assert outbox.relay("test.one") == 0
    assert inbox.calls == 8


def test_a_crash_does_not_hold_up_the_next_event(inbox, event):
    inbox.error = ValueError("boom")
    outbox.publish("test.one", {"n": 2})
    assert outbox.relay("test.one") == 0
    assert inbox.calls == 2
    assert not OutboxPause.objects.exists()


def test_a_rejected_event_is_parked_at_once(inbox, event):
    inbox.error = outbox.Reject("550 no such mailbox")
    assert outbox.relay("test.one") == 0
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("parked", 1, "550 no such mailbox")
    inbox.error = None
    make_due()
    assert outbox.relay("test.one") == 0
    assert inbox.payloads == []


def test_a_destination_that_is_down_pauses_its_topic_without_counting(inbox, event):
    other = outbox.publish("test.one", {"n": 2})
    inbox.error = outbox.Retry("connection refused")
    assert outbox.relay("test.one") == 0
    assert inbox.calls == 1
    event.refresh_from_db()
    assert (event.state, event.attempts, event.last_error) == ("open", 0, "connection refused")
    assert event.available_at > event.created_at + timedelta(seconds=0.4)
    untouched = OutboxEvent.objects.get(pk=other)
    assert (untouched.lease_token, untouched.attempts, untouched.available_at) == (None, 0, untouched.created_at)
    pause = OutboxPause.objects.get()
    assert (pause.topic, pause.failures, pause.reason) == ("test.one", 1, "connection refused")

    inbox.error = None
    assert outbox.relay("test.one") == 0
    assert inbox.calls == 1
    make_due()
    assert outbox.relay("test.one") == 2
    assert not OutboxPause.objects.exists()


def test_a_topic_that_pauses_holds_up_no_other(inbox, event):
    inbox.error = outbox.Retry("down")
    taken = []
    with consuming("test.two", taken.append):
        outbox.publish("test.two", {})
        outbox.relay("test.one")
        assert store.due_topics(["test.one", "test.two"]) == ["test.two"]
        assert outbox.relay("test.two") == 1
    assert len(taken) == 1


def test_pauses_grow_to_a_minute(inbox, event):
    inbox.error = outbox.Retry("down")
    for failures in range(1, 12):
        outbox.relay("test.one")
        assert OutboxPause.objects.get().failures == failures
        make_due()
    outbox.relay("test.one")
    pause = OutboxPause.objects.annotate(now=Now()).get()
    assert timedelta(seconds=29) < pause.until - pause.now <= timedelta(seconds=60)


def test_a_retry_of_one_event_only_lets_the_others_pass(in_scope):
    taken = []

    def take(event):
        if event.payload["n"] == 1:
            raise outbox.Retry("451 greylisted", event_only=True)
        taken.append(event.payload["n"])

    with consuming("test.greylist", take):
        for number in range(3):
            outbox.publish("test.greylist", {"n": number})
        assert outbox.relay("test.greylist") == 2
    assert taken == [0, 2]
    waiting = OutboxEvent.objects.get(delivered_at=None)
    assert (waiting.payload, waiting.attempts, waiting.last_error) == ({"n": 1}, 0, "451 greylisted")
    assert not OutboxPause.objects.exists()


@pytest.mark.parametrize(("error", "state"), [(outbox.Reject("bad"), "parked"), (ValueError("bad"), "open")])
def test_one_bad_event_of_a_batch_stands_alone(in_scope, error, state):
    taken = []

    def take(events):
        if any(event.payload["n"] == 13 for event in events):
            raise error
        taken.extend(event.payload["n"] for event in events)

    with consuming("test.many", take, batch_size=100):
        for number in range(40):
            outbox.publish("test.many", {"n": number})
        assert outbox.relay("test.many") == 39
    assert sorted(taken) == [number for number in range(40) if number != 13]
    bad = OutboxEvent.objects.get(delivered_at=None)
    assert (bad.payload, bad.state, bad.attempts) == ({"n": 13}, state, 1)
    assert set(OutboxEvent.objects.values_list("attempts", flat=True)) == {1}


def test_a_destination_that_goes_down_within_a_halved_batch_costs_nobody_an_attempt(in_scope):
    calls = []

    def take(events):
        calls.append(len(events))
        raise ValueError("first") if len(calls) == 1 else outbox.Retry("then down")

    with consuming("test.many", take, batch_size=8):
        for number in range(8):
            outbox.publish("test.many", {"n": number})
        assert outbox.relay("test.many") == 0
    assert calls == [8, 4]
    assert set(OutboxEvent.objects.values_list("attempts", "lease_token")) == {(0, None)}


def test_what_a_dead_process_held_is_handed_over_alone(in_scope):
    calls = []
    with consuming("test.many", lambda events: calls.append(len(events)), batch_size=10):
        for number in range(6):
            outbox.publish("test.many", {"n": number})
        held = OutboxEvent.objects.order_by("created_at")[:3]
        OutboxEvent.objects.filter(pk__in=[event.pk for event in held]).update(attempts=1)
        assert outbox.relay("test.many") == 6
    assert calls == [3, 1, 1, 1]


def test_an_event_whose_handler_kills_its_process_is_parked_after_eight_attempts(inbox, event):
    OutboxEvent.objects.update(attempts=7)
    assert store.claim("test.one", token=event.pk, limit=1)
    store.begin(event.pk, [event.pk], held=[event.pk], done=[])
    OutboxEvent.objects.update(lease_expires_at=Now())  # the process died, and the lease ran out

    assert outbox.relay("test.one") == 0
    event.refresh_from_db()
    assert event.state == "parked"
    assert event.last_error == "Gave up after 8 attempts: the process died while it was handled."
    assert inbox.calls == 0


def test_a_relay_that_lost_its_lease_does_not_mark(event, inbox):
    def take_over_meanwhile(handed):
        OutboxEvent.objects.update(lease_expires_at=Now())
        assert len(store.claim("test.one", token=handed.id, limit=1)) == 1

    inbox.take = None
    outbox.consuming.forget_consumer("test.one")
    outbox.consumer("test.one")(take_over_meanwhile)
    assert outbox.relay("test.one") == 0
    event.refresh_from_db()
    assert (event.state, event.lease_token) == ("open", event.pk)


def test_the_lease_of_a_slow_batch_is_renewed_before_each_event(in_scope, settings):
    settings.OUTBOX_LEASE_SECONDS = 0  # so that every event finds its lease half spent
    leases = []

    def take(event):
        leases.append(set(OutboxEvent.objects.filter(delivered_at=None).values_list("lease_expires_at", flat=True)))

    with consuming("test.slow", take):
        for number in range(3):
            outbox.publish("test.slow", {"n": number})
        assert outbox.relay("test.slow") == 3
    assert [len(lease) for lease in leases] == [1, 1, 1]
    assert leases[0] < leases[1] < leases[2] or len(set.union(*leases)) == 3


@pytest.mark.django_db(transaction=True)
def test_a_relay_inside_a_transaction_raises(inbox, ours):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        outbox.relay("test.one")


def test_relay_all_delivers_what_consumers_publish(inbox, in_scope):
    @transaction.atomic
    def pass_on(event):
        outbox.publish("test.one", {"from": str(event.id)})

    with consuming("test.chain", pass_on):
        first = outbox.publish("test.chain", {})
        assert outbox.relay_all() == 2
    assert inbox.payloads == [{"from": str(first)}]


def test_a_relay_out_of_time_wakes_the_next(inbox, event, monkeypatch):
    woken = []
    monkeypatch.setattr(relaying, "RELAY_SECONDS", 0)
    monkeypatch.setattr(relaying, "Wake", lambda topic: lambda: woken.append(topic))
    assert outbox.relay("test.one") == 0
    assert woken == ["test.one"]
    assert inbox.calls == 0


def test_the_sweep_wakes_the_topics_that_have_something_due(inbox, event, monkeypatch):
    woken = []
    monkeypatch.setattr(relaying, "Wake", lambda topic: lambda: woken.append(topic))
    with consuming("test.two", inbox.take):
        assert relaying.wake_due_topics() == 1
    assert woken == ["test.one"]


def test_a_consumer_in_a_hurry_is_never_left_alone_for_long(inbox, event):
    inbox.error = outbox.Retry("down", longest_wait_seconds=2)
    OutboxEvent.unscoped.update(created_at=Now() - timedelta(hours=1))
    for _ in range(5):
        outbox.relay("test.one")
        soon = Now() + timedelta(seconds=2)
        assert OutboxPause.objects.filter(until__gt=Now(), until__lte=soon).count() == 1
        assert OutboxEvent.unscoped.filter(available_at__gt=Now(), available_at__lte=soon).count() == 1
        make_due()
    inbox.error = None
    assert outbox.relay("test.one") == 1
