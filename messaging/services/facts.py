"""Objects as callers and watchers see them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from core.jsontypes import JSON
from messaging.models import Contact, Conversation
from messaging.services.intake import NewMessage

MESSAGE_FACTS: Final = ("sender_id", "receiver_id", "content", "type", "status", "media_url")


def message_shown(message: Mapping[str, Any]) -> dict[str, JSON]:
    """A message of MongoDB's, as documented."""
    return {
        "id": str(message["_id"]),
        **{name: message[name] for name in MESSAGE_FACTS},
        "created_at": moment(message["created_at"]),
    }


def new_message_shown(message: NewMessage) -> dict[str, JSON]:
    """A message that was handed in, and whose it is."""
    return {
        "id": str(message.id),
        "conversation_id": str(message.conversation_id),
        **{name: getattr(message, name) for name in MESSAGE_FACTS},
        "created_at": moment(message.created_at),
    }


def contact_shown(contact: Contact) -> dict[str, JSON]:
    """A contact."""
    return {
        "id": str(contact.pk),
        "wa_id": contact.wa_id,
        "name": contact.name,
        "opted_out_at": moment_or_none(contact.opted_out_at),
        "created_at": moment(contact.created_at),
    }


def conversation_shown(conversation: Conversation) -> dict[str, JSON]:
    """A conversation. Its contact must be there already: a list would ask once for each."""
    contact = conversation.contact
    return {
        "conversation_id": str(conversation.conversation_id),
        "contact_id": str(contact.pk) if contact else None,
        "contact_name": str(contact) if contact else None,
        "number_id": str(conversation.number_id) if conversation.number_id else None,
        "status": conversation.status,
        "opened_at": moment(conversation.opened_at),
        "last_message_at": moment_or_none(conversation.last_message_at),
        "closed_at": moment_or_none(conversation.closed_at),
        "closed_by": str(conversation.closed_by_id) if conversation.closed_by_id else None,
    }


def moment(at: datetime) -> str:
    """A time in UTC as the document writes it, with microseconds."""
    return at.isoformat(timespec="microseconds")


def moment_or_none(at: datetime | None) -> str | None:
    """The same of what may not have been yet."""
    return moment(at) if at else None
