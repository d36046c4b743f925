"""Conversations."""

from uuid import UUID

from django.db.models import QuerySet

from messaging.errors import ConversationNotFound
from messaging.models import Conversation
from messaging.selectors.pages import Page, newest_first


def require_conversation(conversation_id: UUID) -> None:
    """Raises ConversationNotFound unless there is one with this id."""
    if not Conversation.objects.filter(conversation_id=conversation_id).exists():
        raise ConversationNotFound


def conversation(conversation_id: UUID) -> Conversation:
    """The one with this id, with its contact. Raises ConversationNotFound."""
    found = _with_contacts().filter(conversation_id=conversation_id).first()
    if found is None:
        raise ConversationNotFound
    return found


def conversations(
    *, limit: int, cursor: str | None = None, status: str | None = None, contact_id: UUID | None = None
) -> Page[Conversation]:
    """Those that are asked for, with their contacts, the one that opened last first. Raises NotACursor."""
    rows = _with_contacts()
    if status is not None:
        rows = rows.filter(status=status)
    if contact_id is not None:
        rows = rows.filter(contact=contact_id)
    return newest_first(rows, "opened_at", limit=limit, cursor=cursor)


def _with_contacts() -> QuerySet[Conversation]:
    return Conversation.objects.select_related("contact")
