"""`POST /api/v1/message-history/messages/`."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core import outbox
from core.outbox.models import OutboxEvent
from messaging.documents import MESSAGES
from messaging.models import Conversation
from tests.messaging.conftest import HISTORY, MESSAGES_URL
from tests.messaging.factories import THEN, ConversationFactory
from tests.stored import audited
from tests.threads import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("messages")]

DOCUMENTED = "880e8400-e29b-41d4-a716-446655440003"
BODY = {
    "conversation_id": DOCUMENTED,
    "sender_id": "660e8400-e29b-41d4-a716-446655440001",
    "receiver_id": "990e8400-e29b-41d4-a716-446655440004",
    "content": "Hello, how can I help?",
    "type": "text",
}


def post(caller, **fields):
    body = {**BODY, **fields}
    return caller.post(MESSAGES_URL, {name: value for name, value in body.items() if value != "-"}, format="json")


def counted_metrics() -> int:
    return OutboxEvent.objects.filter(topic="analytics.event", payload__metric="messages_sent").count()


def test_a_message_is_taken_in_and_read_again(client, in_scope, counted):
    with counted("POST messages"):
        answer = post(client)
    assert answer.status_code == 201
    data = answer.json()["data"]
    assert answer.json() == {
        "success": True,
        "data": {**BODY, "id": data["id"], "status": "sent", "media_url": None, "created_at": data["created_at"]},
    }
    # MongoDB keeps milliseconds.
    assert data["created_at"].endswith("000+00:00")
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(data["created_at"]) < timedelta(minutes=1)
    outbox.relay_all()
    [item] = client.get(HISTORY, {"conversation_id": DOCUMENTED}).json()["data"]
    assert item == {name: value for name, value in data.items() if name != "conversation_id"}


def test_what_the_caller_says_is_kept(client, in_scope):
    said = {"status": "read", "type": "image", "media_url": "https://cdn.test/a.png", "content": ""}
    answer = post(client, **said, created_at="2026-01-27T11:30:00.5+01:00")
    assert answer.status_code == 201
    outbox.relay_all()
    [item] = client.get(HISTORY, {"conversation_id": DOCUMENTED}).json()["data"]
    assert {name: item[name] for name in said} == said
    assert item["created_at"] == "2026-01-27T10:30:00.500000+00:00"


def test_an_unknown_conversation_is_opened_and_audited_once(client, in_scope):
    post(client, created_at="2026-01-27T10:30:00Z")
    post(client, created_at="2026-01-27T10:29:00Z")
    conversation = Conversation.objects.get()
    assert conversation.conversation_id == UUID(DOCUMENTED)
    assert (conversation.status, conversation.contact, conversation.opened_at) == ("open", None, THEN)
    assert conversation.last_message_at == THEN
    [entry] = [entry for entry in audited() if entry["resource_type"] == "conversation"]
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("create", "conversation", DOCUMENTED)
    assert counted_metrics() == 2


def test_a_closed_conversation_takes_messages_and_stays_closed(client, in_scope):
    ConversationFactory(conversation_id=UUID(DOCUMENTED), status="closed", closed_at=THEN)
    assert post(client, created_at="2026-01-27T10:31:00Z").status_code == 201
    conversation = Conversation.objects.get()
    assert conversation.status == "closed"
    assert conversation.last_message_at == datetime(2026, 1, 27, 10, 31, tzinfo=UTC)


@pytest.mark.parametrize("relayed", [False, True], ids=["on its way", "stored"])
@pytest.mark.parametrize("remembered", [True, False], ids=["remembered", "forgotten by the outbox"])
def test_an_id_makes_it_one_message(client, in_scope, relayed, remembered, counted):
    with counted("POST messages, id"):
        first = post(client, id="crm-17")
    if relayed:
        outbox.relay_all()
    if relayed and not remembered:
        OutboxEvent.objects.all().delete()
    with counted("POST messages, id again" if not relayed else "POST messages, id stored"):
        again = post(client, id="crm-17")
    assert (again.status_code, again.json()) == (201, first.json())
    outbox.relay_all()
    assert MESSAGES.here().count() == 1
    assert not OutboxEvent.objects.filter(delivered_at__isnull=True).exists()


@pytest.mark.parametrize(
    "other",
    [{"content": "Goodbye"}, {"conversation_id": str(UUID(int=7))}, {"created_at": "2026-01-27T10:30:00Z"}],
    ids=["content", "conversation", "time"],
)
@pytest.mark.parametrize("relayed", [False, True], ids=["on its way", "stored"])
def test_an_id_of_another_message_is_a_conflict(client, in_scope, other, relayed):
    post(client, id="crm-17")
    if relayed:
        outbox.relay_all()
    answer = post(client, id="crm-17", **other)
    assert answer.status_code == 409
    assert answer.json()["errors"] == {"id": ["A different message has this id."]}
    outbox.relay_all()
    assert [message["content"] for message in MESSAGES.here().find()] == [BODY["content"]]
    assert Conversation.objects.count() == 1


def test_the_same_id_elsewhere_is_another_message(client, stranger, in_scope, theirs):
    ours, theirs_too = post(client, id="crm-17").json(), post(stranger, id="crm-17").json()
    assert ours["data"]["id"] != theirs_too["data"]["id"]
    outbox.relay_all()
    assert MESSAGES.here().count() == 1
    assert MESSAGES.unscoped().count_documents({}) == 2
    assert Conversation.unscoped.filter(conversation_id=UUID(DOCUMENTED)).count() == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"conversation_id": "1"}, "conversation_id"),
        ({"conversation_id": "-"}, "conversation_id"),
        ({"sender_id": "-"}, "sender_id"),
        ({"sender_id": ""}, "sender_id"),
        ({"receiver_id": "x" * 256}, "receiver_id"),
        ({"content": "-"}, "content"),
        ({"content": ""}, "content"),
        ({"content": " \n"}, "content"),
        ({"content": "x" * 4097}, "content"),
        ({"content": 5}, "content"),
        ({"content": {"$gt": ""}}, "content"),
        ({"type": "letter"}, "type"),
        ({"status": "lost"}, "status"),
        ({"media_url": "javascript:alert(1)"}, "media_url"),
        ({"media_url": "ftp://cdn.test/a.png"}, "media_url"),
        ({"media_url": "https://cdn.test/" + "a" * 2000}, "media_url"),
        ({"created_at": "1999-12-31T23:59:59Z"}, "created_at"),
        ({"created_at": "2199-01-01T00:00:00Z"}, "created_at"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"id": ""}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"organization_id": DOCUMENTED}, "organization_id"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(client, in_scope, said, field):
    before = OutboxEvent.objects.count()
    answer = post(client, **said)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Conversation.objects.exists()
    assert OutboxEvent.objects.count() == before


def test_at_its_limits_it_is_taken(client, in_scope):
    ahead = (datetime.now(UTC) + timedelta(hours=23)).isoformat()
    said = {"content": "x" * 4096, "id": "x" * 100, "sender_id": "x" * 255, "created_at": ahead}
    assert post(client, **said).status_code == 201
    assert post(client, created_at="2000-01-01T00:00:00Z").status_code == 201


def test_writing_has_a_limit_of_its_own(client, in_scope):
    answer = post(client)
    assert answer.headers["X-RateLimit-Limit"] == "5000"


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_id_are_one_message(ours, logged_in, messages):
    caller = logged_in(ours.client)
    answers = []
    at_once([lambda: answers.append(post(caller, id="crm-17"))] * 8)
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    assert len({answer.json()["data"]["created_at"] for answer in answers}) == 1
    outbox.relay_all()
    assert MESSAGES.unscoped().count_documents({}) == 1
    assert Conversation.unscoped.count() == 1


def test_a_message_without_an_id_is_new_each_time(client, in_scope):
    assert len({post(client).json()["data"]["id"] for _ in range(3)}) == 3
    outbox.relay_all()
    assert MESSAGES.here().count() == 3
