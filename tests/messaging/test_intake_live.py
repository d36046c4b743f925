"""What watchers hear of messages and conversations, and what happens while MongoDB is away."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from core import outbox
from core.outbox import store
from core.outbox.models import OutboxEvent
from messaging.documents import MESSAGES
from messaging.services.intake import TOPIC, store_messages
from tests.agents.hearing import heard
from tests.messaging.conftest import CONVERSATIONS, HISTORY, MESSAGES_URL
from tests.messaging.factories import ConversationFactory, new_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages")]


@pytest.fixture
def conversation(in_scope):
    return ConversationFactory()


@pytest.fixture
def away(settings):
    """MongoDB is away until the function is called."""
    uri, settings.MONGODB_URI = settings.MONGODB_URI, "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=10"

    def come_back() -> None:
        settings.MONGODB_URI = uri

    return come_back


def accept(*new) -> None:
    with transaction.atomic():
        store_messages(new)


def test_a_message_is_told_of_when_it_is_stored_and_an_old_one_is_not(conversation, django_capture_on_commit_callbacks):
    now = datetime.now(UTC).replace(microsecond=0)
    fresh = new_message(conversation.conversation_id, created_at=now)
    accept(fresh, new_message(conversation.conversation_id, created_at=now - timedelta(hours=2)))
    with django_capture_on_commit_callbacks() as callbacks:
        outbox.relay(TOPIC)
    [event] = heard(callbacks)
    assert event == (
        "message.stored",
        {
            "conversation_id": str(conversation.conversation_id),
            "id": str(fresh.id),
            "sender_id": "ada",
            "receiver_id": "bob",
            "content": "Hello",
            "type": "text",
            "status": "sent",
            "media_url": None,
            "created_at": now.isoformat(timespec="microseconds"),
        },
        None,
    )


def test_what_is_stored_already_is_not_told_of_again(conversation, django_capture_on_commit_callbacks):
    accept(new_message(conversation.conversation_id, created_at=datetime.now(UTC)))
    outbox.relay(TOPIC)
    OutboxEvent.objects.filter(topic=TOPIC).update(delivered_at=None)
    with django_capture_on_commit_callbacks() as callbacks:
        outbox.relay(TOPIC)
    assert heard(callbacks) == []


def test_news_is_told_of_beside_a_message_that_was_stored_before_and_has_moved_on(
    conversation, django_capture_on_commit_callbacks
):
    old, fresh = (new_message(conversation.conversation_id, created_at=datetime.now(UTC)) for _ in range(2))
    accept(old)
    outbox.relay(TOPIC)
    MESSAGES.here().update_one({"_id": old.id}, {"$set": {"status": "read"}})
    OutboxEvent.objects.filter(topic=TOPIC).update(delivered_at=None)
    accept(fresh)
    with django_capture_on_commit_callbacks() as callbacks:
        outbox.relay(TOPIC)
    assert str(fresh.id) in {told["id"] for _, told, _ in heard(callbacks)}
    assert {message["_id"]: message["status"] for message in MESSAGES.here().find()} == {
        old.id: "read",
        fresh.id: "sent",
    }


def test_closing_and_reopening_is_told_of(client, conversation, django_capture_on_commit_callbacks):
    for deed, name in (("close", "conversation.closed"), ("reopen", "conversation.reopened")):
        with django_capture_on_commit_callbacks() as callbacks:
            answer = client.post(f"{CONVERSATIONS}{conversation.conversation_id}/{deed}/")
        assert heard(callbacks) == [(name, answer.json()["data"], None)]
        with django_capture_on_commit_callbacks() as callbacks:
            assert client.post(f"{CONVERSATIONS}{conversation.conversation_id}/{deed}/").status_code == 409
        assert heard(callbacks) == []


@pytest.mark.parametrize("said", [{}, {"id": "crm-17"}], ids=["without an id", "with one"])
def test_messages_are_accepted_while_mongodb_is_away_and_stored_when_it_is_back(client, conversation, away, said):
    body = {"conversation_id": str(conversation.conversation_id), "sender_id": "a", "receiver_id": "b", "content": "Hi"}
    answer = client.post(MESSAGES_URL, {**body, **said}, format="json")
    assert answer.status_code == 201
    outbox.relay(TOPIC)
    event = OutboxEvent.objects.get(topic=TOPIC)
    assert (event.delivered_at, event.parked_at, event.attempts) == (None, None, 0)
    assert "MongoDB is not available" in event.last_error
    if said:
        assert client.post(MESSAGES_URL, {**body, **said}, format="json").json() == answer.json()
    away()
    store.resume(TOPIC)
    store.reopen([event.pk])
    outbox.relay(TOPIC)
    assert [str(message["_id"]) for message in MESSAGES.here().find()] == [answer.json()["data"]["id"]]


def test_a_history_that_cannot_be_read_is_500_as_documented_without_a_stack(client, conversation, away):
    answer = client.get(HISTORY, {"conversation_id": str(conversation.conversation_id)})
    assert answer.status_code == 500
    assert answer.json() == {
        "success": False,
        "message": "The document store is not available. Try again later.",
    }
