"""`/api/v1/conversations/`: listing, closing, reopening; and conversations that begin by themselves."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core import tenancy
from core.outbox.models import OutboxEvent
from messaging.models import Conversation
from messaging.services.conversations import close_conversation, conversation_with, open_conversation
from tests.messaging.conftest import CONVERSATIONS
from tests.messaging.factories import THEN, ContactFactory, ConversationFactory, WhatsAppNumberFactory
from tests.stored import audited
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(contact, number) -> Conversation:
    """An open one with Ada."""
    return ConversationFactory(contact=contact, number=number)


def place(conversation: Conversation, deed: str = "") -> str:
    return f"{CONVERSATIONS}{conversation.conversation_id}/{deed}"


def told() -> list[tuple[str, str, dict]]:
    entries = [entry for entry in audited() if entry["resource_type"] == "conversation"]
    return [(entry["action"], entry["resource_id"], entry["changes"]) for entry in entries]


def metrics() -> int:
    return OutboxEvent.objects.filter(topic="analytics.event", payload__metric="conversations_closed").count()


def test_a_conversation_is_shown(client, conversation, counted):
    with counted("GET conversation"):
        answer = client.get(place(conversation))
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "data": {
            "conversation_id": str(conversation.conversation_id),
            "contact_id": str(conversation.contact_id),
            "contact_name": "Ada",
            "number_id": str(conversation.number_id),
            "status": "open",
            "opened_at": "2026-01-27T10:30:00.000000+00:00",
            "last_message_at": None,
            "closed_at": None,
            "closed_by": None,
        },
    }


def test_closing_is_recorded_counted_and_told(client, ours, conversation, counted):
    with counted("POST conversation close"):
        answer = client.post(place(conversation, "close/"))
    assert answer.status_code == 200
    conversation.refresh_from_db()
    assert conversation.status == "closed"
    assert conversation.closed_by_id == ours.client.pk
    shown = answer.json()["data"]
    assert (shown["status"], shown["closed_by"]) == ("closed", str(ours.client.pk))
    assert shown["closed_at"] == conversation.closed_at.isoformat(timespec="microseconds")
    assert told() == [("close", str(conversation.conversation_id), {"status": ["open", "closed"]})]
    assert metrics() == 1


def test_what_is_closed_cannot_be_closed(client, conversation):
    client.post(place(conversation, "close/"))
    answer = client.post(place(conversation, "close/"))
    assert answer.status_code == 409
    assert answer.json() == {"success": False, "message": "The conversation is closed already."}
    assert (len(told()), metrics()) == (1, 1)


def test_it_goes_on_when_it_is_opened_again(client, conversation, counted):
    client.post(place(conversation, "close/"))
    with counted("POST conversation reopen"):
        answer = client.post(place(conversation, "reopen/"))
    assert answer.status_code == 200
    shown = answer.json()["data"]
    assert (shown["status"], shown["closed_at"], shown["closed_by"]) == ("open", None, None)
    assert [action for action, _, _ in told()] == ["close", "reopen"]
    assert client.post(place(conversation, "close/")).status_code == 200
    assert metrics() == 2


def test_what_is_open_cannot_be_opened(client, conversation):
    answer = client.post(place(conversation, "reopen/"))
    assert (answer.status_code, answer.json()["message"]) == (409, "The conversation is open.")
    assert told() == []


def test_a_contact_who_began_another_one_goes_on_with_that(client, conversation):
    client.post(place(conversation, "close/"))
    another = conversation_with(contact=conversation.contact, number=conversation.number, at=THEN)
    answer = client.post(place(conversation, "reopen/"))
    assert answer.status_code == 409
    assert answer.json()["message"] == "Another conversation with this contact is open."
    conversation.refresh_from_db()
    another.refresh_from_db()
    assert (conversation.status, another.status) == ("closed", "open")
    assert [action for action, _, _ in told()] == ["close", "create"]


@pytest.mark.parametrize("deed", ["close/", "reopen/"])
def test_a_body_with_something_in_it_is_refused(client, conversation, deed):
    assert client.post(place(conversation, deed), {"reason": "done"}, format="json").status_code == 400
    conversation.refresh_from_db()
    assert conversation.status == "open"


def test_a_strangers_conversation_is_not_found_and_stays_as_it_is(stranger, conversation):
    for answer in (
        stranger.get(place(conversation)),
        stranger.post(place(conversation, "close/")),
        stranger.post(place(conversation, "reopen/")),
    ):
        assert (answer.status_code, answer.json()) == (404, {"success": False, "message": "Conversation not found."})
    assert stranger.get(CONVERSATIONS).json()["data"] == []
    conversation.refresh_from_db()
    assert conversation.status == "open"


def test_the_newest_come_first_and_can_be_narrowed(client, conversation, counted):
    closed = ConversationFactory(
        contact=conversation.contact, status="closed", closed_at=THEN, opened_at=THEN + timedelta(days=1)
    )
    other = ConversationFactory(contact=ContactFactory(), opened_at=THEN + timedelta(days=2))

    def found(**asked: object) -> list[str]:
        return [item["conversation_id"] for item in client.get(CONVERSATIONS, asked).json()["data"]]

    first, second, third = (str(row.conversation_id) for row in (conversation, closed, other))
    with counted("GET conversations"):
        assert found() == [third, second, first]
    assert found(status="open") == [third, first]
    assert found(status="closed") == [second]
    assert found(contact_id=conversation.contact_id) == [second, first]
    assert found(contact_id=uuid4()) == []
    assert found(status="", contact_id="") == [third, second, first]
    page = client.get(CONVERSATIONS, {"limit": 2}).json()
    assert found(limit=2, cursor=page["next_cursor"]) == [first]


@pytest.mark.parametrize(
    "asked", [{"status": "ajar"}, {"contact_id": "1"}, {"cursor": "x"}, {"limit": "0"}, {"surprise": "1"}], ids=str
)
def test_what_cannot_be_asked_names_the_parameter(client, in_scope, asked):
    answer = client.get(CONVERSATIONS, asked)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(asked)


def test_an_open_conversation_goes_on_and_a_closed_one_is_followed_by_another(contact, number):
    first = conversation_with(contact=contact, number=number, at=THEN)
    assert conversation_with(contact=contact, number=number, at=THEN).pk == first.pk
    assert conversation_with(contact=contact, number=WhatsAppNumberFactory(), at=THEN).pk != first.pk
    close_conversation(conversation_id=first.conversation_id, by=None)
    second = conversation_with(contact=contact, number=number, at=THEN + timedelta(hours=1))
    assert second.pk != first.pk
    assert second.opened_at == THEN + timedelta(hours=1)
    assert Conversation.objects.filter(status="open").count() == 2


def test_a_conversation_that_was_named_is_opened_once_with_its_contact(contact):
    conversation_id = uuid4()
    first = open_conversation(conversation_id, contact=contact, at=THEN)
    assert (first.contact_id, first.opened_at) == (contact.pk, THEN)
    assert open_conversation(conversation_id).pk == first.pk
    assert told() == [
        ("create", str(conversation_id), {"status": [None, "open"], "contact_id": [None, str(contact.pk)]})
    ]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_begin_one_conversation(ours):
    with tenancy.scope(ours.organization.pk):
        contact, number = ContactFactory(), WhatsAppNumberFactory()
    found = []
    at_once(
        [lambda: found.append(conversation_with(contact=contact, number=number, at=THEN).pk)] * 8,
        organization_id=ours.organization.pk,
    )
    assert len(found) == 8
    assert set(found) == {Conversation.unscoped.get().pk}


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_close_it_at_once_one_does(ours, logged_in):
    with tenancy.scope(ours.organization.pk):
        conversation = ConversationFactory()
    caller, answers = logged_in(ours.client), []
    at_once([lambda: answers.append(caller.post(place(conversation, "close/")).status_code)] * 8)
    assert sorted(answers) == [200] + [409] * 7
    with tenancy.scope(ours.organization.pk):
        assert metrics() == 1
