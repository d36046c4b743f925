"""What is published leaves with its transaction, or not at all."""

from uuid import UUID, uuid4

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError

from core import outbox, tenancy
from core.actor import Origin, origin_of
from core.outbox import waking
from core.outbox.consuming import UnknownTopic
from core.outbox.models import OutboxEvent
from core.testing.outbox import consuming

EVENT_ID = UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture
def wakes(monkeypatch):
    """The topics whose relays were woken."""
    topics: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, retry: topics.append(f"{name} {args} {retry}"))
    return topics


ONE = "core.outbox.tasks.relay_topic ['test.one'] False"


def test_an_event_carries_the_scopes_organization_and_the_request_id(inbox, in_scope):
    with origin_of(Origin(request_id="abc-1")):
        event_id = outbox.publish("test.one", {"n": 1, "deep": {"list": [1.5, None, "é"]}}, event_id=EVENT_ID)
    event = OutboxEvent.objects.get()
    assert event_id == event.pk == EVENT_ID
    assert event.organization == in_scope
    assert event.topic == "test.one"
    assert event.payload == {"n": 1, "deep": {"list": [1.5, None, "é"]}}
    assert event.request_id == "abc-1"
    assert (event.state, event.attempts, event.last_error) == ("open", 0, "")
    assert event.available_at == event.created_at


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_raises(inbox, ours):
    with (
        tenancy.scope(ours.organization.pk),
        pytest.raises(transaction.TransactionManagementError, match=r"test\.one .*outside a transaction"),
    ):
        outbox.publish("test.one", {})
    assert not OutboxEvent.unscoped.exists()


def test_publishing_outside_a_scope_raises(inbox, db):
    with pytest.raises(tenancy.TenantScopeMissing):
        outbox.publish("test.one", {})
    assert not OutboxEvent.unscoped.exists()


def test_a_topic_nobody_consumes_is_refused(in_scope):
    with pytest.raises(UnknownTopic, match=r"'test\.nobody'"):
        outbox.publish("test.nobody", {})
    assert not OutboxEvent.unscoped.exists()


def test_a_payload_that_is_not_json_is_refused(inbox, in_scope):
    for payload in ({"at": uuid4()}, {"n": float("nan")}):
        with pytest.raises((TypeError, ValueError)):
            outbox.publish("test.one", payload)
    assert not OutboxEvent.unscoped.exists()


def test_an_event_id_is_published_once(inbox, in_scope):
    outbox.publish("test.one", {"n": 1}, event_id=EVENT_ID)
    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.publish("test.one", {"n": 2}, event_id=EVENT_ID)
    assert OutboxEvent.objects.get().payload == {"n": 1}


@pytest.mark.django_db(transaction=True)
def test_rollback_publishes_nothing_and_wakes_nobody(inbox, ours, wakes):
    with tenancy.scope(ours.organization.pk):
        with transaction.atomic():
            outbox.publish("test.one", {})
            transaction.set_rollback(True)
        assert not OutboxEvent.objects.exists()
    assert wakes == []
    assert outbox.relay("test.one") == 0


@pytest.mark.django_db(transaction=True)
def test_a_transaction_wakes_each_topic_once_after_its_commit(inbox, ours, wakes):
    with consuming("test.two", inbox.take), tenancy.scope(ours.organization.pk):
        with transaction.atomic():
            for number in range(3):
                outbox.publish("test.one", {"n": number})
            outbox.publish("test.two", {})
            assert wakes == []
        assert wakes == [ONE, ONE.replace("test.one", "test.two")]
        waking.answer("test.one")
        with transaction.atomic():
            outbox.publish("test.one", {})
    assert wakes == [ONE, ONE.replace("test.one", "test.two"), ONE]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_rolls_back_does_not_take_the_wake_of_later_events_with_it(inbox, ours, wakes):
    with tenancy.scope(ours.organization.pk), transaction.atomic():
        with transaction.atomic():
            outbox.publish("test.one", {"n": 1})
            transaction.set_rollback(True)
        outbox.publish("test.one", {"n": 2})
    assert wakes == [ONE]
    assert outbox.relay("test.one") == 1
    assert inbox.payloads == [{"n": 2}]


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_is_no_error_for_the_committed_request(inbox, ours, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(current_app, "send_task", fail)
    with tenancy.scope(ours.organization.pk), transaction.atomic():
        outbox.publish("test.one", {"n": 1})
    assert outbox.relay("test.one") == 1
    assert inbox.payloads == [{"n": 1}]


def test_publishing_costs_one_statement(inbox, in_scope, django_assert_num_queries):
    with django_assert_num_queries(1):
        outbox.publish("test.one", {"n": 1})
