"""Opening and closing conversations."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from psycopg.errors import UniqueViolation

from analytics import services as analytics
from audit import services as audit
from core.jsontypes import JSON
from core.live import announce
from core.scope import current_organization_id
from messaging.errors import AnotherConversationOpen, ConversationClosed, ConversationNotFound, ConversationOpen
from messaging.models import Contact, Conversation, ConversationStatus, WhatsAppNumber
from messaging.services.facts import conversation_shown

CONVERSATION: Final = "conversation"
METRIC: Final = "conversations_closed"
STANDING: Final = ("status", "closed_at", "closed_by")
CLOSING: Final = {"status": ("open", "closed")}
OPEN_MANY: Final = """
INSERT INTO messaging_conversation (organization_id, conversation_id, contact_id, status, opened_at)
SELECT %(organization)s, id, contact, 'open', at
FROM unnest(%(conversations)s::uuid[], %(contacts)s::uuid[], %(moments)s::timestamptz[]) AS told (id, contact, at)
ORDER BY id
ON CONFLICT DO NOTHING RETURNING conversation_id, contact_id
"""
OPEN: Final = """
INSERT INTO messaging_conversation (organization_id, conversation_id, contact_id, number_id, status, opened_at)
VALUES (%(organization)s, %(conversation)s, %(contact)s, %(number)s, 'open', %(at)s)
ON CONFLICT DO NOTHING RETURNING id
"""


@transaction.atomic(savepoint=False)
def conversation_with(*, contact: Contact, number: WhatsAppNumber, at: datetime) -> Conversation:
    """The open conversation of a contact with a number of ours; if there is none, one that opens at the moment."""
    new = Conversation(conversation_id=uuid4(), contact=contact, number=number, opened_at=at)
    while True:
        # Somebody may close the one that kept ours from being opened before we have seen it.
        found = Conversation.objects.filter(contact=contact, number=number, status=ConversationStatus.OPEN).first()
        if found is not None:
            found.contact, found.number = contact, number
            return found
        if _is_opened(new):
            return new


@transaction.atomic(savepoint=False)
def open_conversation(
    conversation_id: UUID, *, contact: Contact | None = None, at: datetime | None = None
) -> Conversation:
    """The conversation with this id, open or closed; if there is none, one that opens at the moment, now unless told.

    A new one is with the contact, if told.
    """
    found = Conversation.objects.filter(conversation_id=conversation_id).first()
    if found is not None:
        return found
    new = Conversation(conversation_id=conversation_id, contact=contact, opened_at=at or timezone.now())
    return new if _is_opened(new) else Conversation.objects.get(conversation_id=conversation_id)


@transaction.atomic(savepoint=False)
def open_conversations(new: Sequence[tuple[UUID, Contact | None, datetime]]) -> int:
    """Open those that are not there, each with its contact at its moment. Returns how many were opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN_MANY,
            {
                "organization": current_organization_id(),
                "conversations": [conversation_id for conversation_id, _, _ in new],
                "contacts": [contact.pk if contact else None for _, contact, _ in new],
                "moments": [at for _, _, at in new],
            },
        )
        opened = dict(cursor.fetchall())
    audit.record_many(
        action="create",
        resource_type=CONVERSATION,
        resource_ids=opened,
        changes={conversation_id: _opening(contact_id) for conversation_id, contact_id in opened.items()},
    )
    return len(opened)


@transaction.atomic
def close_conversation(*, conversation_id: UUID, by: UUID | None) -> Conversation:
    """Close it, by a user if told, and count it. Raises ConversationNotFound and ConversationClosed."""
    found = _locked(conversation_id)
    if found.status == ConversationStatus.CLOSED:
        raise ConversationClosed
    found.status, found.closed_at, found.closed_by_id = ConversationStatus.CLOSED, timezone.now(), by
    found.save(update_fields=[*STANDING])
    audit.record(action="close", resource_type=CONVERSATION, resource_id=conversation_id, changes=CLOSING)
    analytics.record(METRIC, at=found.closed_at)
    announce("conversation.closed", conversation_shown(found))
    return found


@transaction.atomic
def reopen_conversation(*, conversation_id: UUID) -> Conversation:
    """Go on with it. Raises ConversationNotFound, ConversationOpen, and AnotherConversationOpen."""
    found = _locked(conversation_id)
    if found.status == ConversationStatus.OPEN:
        raise ConversationOpen
    found.status, found.closed_at, found.closed_by_id = ConversationStatus.OPEN, None, None
    try:
        with transaction.atomic():
            found.save(update_fields=[*STANDING])
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise AnotherConversationOpen from error
        raise
    reopening = {name: (new, old) for name, (old, new) in CLOSING.items()}
    audit.record(action="reopen", resource_type=CONVERSATION, resource_id=conversation_id, changes=reopening)
    announce("conversation.reopened", conversation_shown(found))
    return found


def _locked(conversation_id: UUID) -> Conversation:
    rows = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("contact")
    found = rows.filter(conversation_id=conversation_id).first()
    if found is None:
        raise ConversationNotFound
    return found


def _is_opened(new: Conversation) -> bool:
    """Whether it could be opened; not if there is one already, for whose commit this waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN,
            {
                "organization": current_organization_id(),
                "conversation": new.conversation_id,
                "contact": new.contact_id,
                "number": new.number_id,
                "at": new.opened_at,
            },
        )
        row = cursor.fetchone()
    if row is None:
        return False
    new.pk, new._state.adding = row[0], False
    audit.record(
        action="create",
        resource_type=CONVERSATION,
        resource_id=new.conversation_id,
        changes=_opening(new.contact_id),
    )
    return True


def _opening(contact_id: UUID | None) -> dict[str, tuple[JSON, JSON]]:
    return {"status": (None, "open"), "contact_id": (None, str(contact_id) if contact_id else None)}
