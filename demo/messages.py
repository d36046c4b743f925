"""Conversations on WhatsApp: a dozen contacts, what they asked and what they were told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from demo.chats import CHATS, DOCUMENTED
from demo.data import FIRST_NAMES, LAST_NAMES
from messaging.models import Contact, Conversation, WhatsAppNumber
from messaging.services.contacts import contacts_of
from messaging.services.conversations import close_conversation, conversation_with, open_conversation
from messaging.services.intake import NewMessage, message_id_of, store_messages
from messaging.services.numbers import register_number

DOCUMENTED_ID: Final = UUID("880e8400-e29b-41d4-a716-446655440003")
PHONE_NUMBER_ID: Final = "{slug}-phone-number"
CONTACTS: Final = 12
DAYS: Final = 21
# French numbers for fiction, which nobody has.
OUR_NUMBER: Final = "+33 1 99 00 12 34"
FICTIONAL: Final = "3363998{:04}"
ABROAD: Final = 5000
THEIRS: Final = "> "


@transaction.atomic
def seed_messages(*, slug: str, seed: int) -> None:
    """Write a number of ours, contacts and conversations for the organization in scope, unless it has any of them.

    Messages reach MongoDB when a worker relays them.
    """
    if WhatsAppNumber.objects.exists() or Contact.objects.exists() or Conversation.objects.exists():
        return
    number = WhatsAppNumber(phone_number_id=PHONE_NUMBER_ID.format(slug=slug), display_number=OUR_NUMBER)
    register_number(number)
    dice = Random(seed)  # noqa: S311 -- made up, not secret
    names = dice.sample(list(product(FIRST_NAMES, LAST_NAMES)), CONTACTS)
    contacts = contacts_of(
        {FICTIONAL.format(ABROAD + place): " ".join(name) for place, name in enumerate(names)}
    ).values()
    now = timezone.now()
    for place, contact in enumerate(contacts):
        at = now - timedelta(minutes=dice.randrange(60, DAYS * 24 * 60))
        if place == 0:
            conversation, chat = open_conversation(DOCUMENTED_ID, contact=contact, at=at), DOCUMENTED
        else:
            conversation, chat = conversation_with(contact=contact, number=number, at=at), CHATS[place % len(CHATS)]
        ends = (str(contact.pk), str(number.pk))
        store_messages(list(_said(chat, conversation.conversation_id, ends, at, dice)))
        if place % 3 == 2:
            close_conversation(conversation_id=conversation.conversation_id, by=None)


def _said(chat: str, conversation_id: UUID, ends: tuple[str, str], at: datetime, dice: Random) -> Iterator[NewMessage]:
    """The lines of a chat between two ends, the contact's and ours."""
    lines = chat.strip().splitlines()
    for place, line in enumerate(lines):
        is_theirs = line.startswith(THEIRS)
        sender, receiver = ends if is_theirs else ends[::-1]
        yield NewMessage(
            id=message_id_of(f"demo {conversation_id} {place}"),
            conversation_id=conversation_id,
            sender_id=sender,
            receiver_id=receiver,
            content=line.removeprefix(THEIRS),
            status="delivered" if is_theirs or place == len(lines) - 1 else "read",
            created_at=at,
        )
        at += timedelta(seconds=dice.randrange(20, 240))
