"""Contacts, conversations, numbers and messages for the tests, all in the organization in scope."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import factory
from django.db import transaction

from core import outbox
from messaging.models import Contact, Conversation, WhatsAppNumber
from messaging.services.intake import NewMessage, store_messages

THEN = datetime(2026, 1, 27, 10, 30, tzinfo=UTC)


class ContactFactory(factory.django.DjangoModelFactory):
    """A contact."""

    class Meta:
        model = Contact

    wa_id = factory.Sequence(lambda number: f"336{number:08}")
    name = factory.Sequence(lambda number: f"Contact {number}")


class WhatsAppNumberFactory(factory.django.DjangoModelFactory):
    """A number of ours."""

    class Meta:
        model = WhatsAppNumber

    phone_number_id = factory.Sequence(lambda number: f"10{number:010}")
    business_account_id = "2000000001"
    display_number = factory.Sequence(lambda number: f"331{number:08}")


class ConversationFactory(factory.django.DjangoModelFactory):
    """An open conversation with nobody in particular."""

    class Meta:
        model = Conversation

    opened_at = THEN


def new_message(conversation_id: UUID, **fields: object) -> NewMessage:
    """A message that nobody has taken in yet."""
    told = {"id": uuid4(), "sender_id": "ada", "receiver_id": "bob", "content": "Hello", "created_at": THEN}
    return NewMessage(conversation_id=conversation_id, **{**told, **fields})


def store(*new: NewMessage) -> None:
    """Take messages in, and have them stored."""
    with transaction.atomic():
        store_messages(new)
    outbox.relay_all()
