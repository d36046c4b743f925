"""Taking messages in: what is accepted is in PostgreSQL, whatever MongoDB does; from there a relay stores it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from django.db import connection

from analytics import services as analytics
from core import outbox
from core.jsontypes import JSON
from core.scope import current_organization_id
from messaging.documents import MessageType, Status

TOPIC: Final = "messaging.message"
METRIC: Final = "messages_sent"
# Locked in the order of ids, so that two batches never wait for each other.
MOVE_FORWARD: Final = """
WITH said AS (
    SELECT conversation_id, max(at) AS at
    FROM unnest(%(conversations)s::uuid[], %(moments)s::timestamptz[]) AS message (conversation_id, at)
    GROUP BY conversation_id
), behind AS (
    SELECT conversation.id, said.at
    FROM messaging_conversation AS conversation
    JOIN said ON conversation.organization_id = %(organization)s
        AND conversation.conversation_id = said.conversation_id
    WHERE conversation.last_message_at IS NULL OR conversation.last_message_at < said.at
    ORDER BY conversation.id
    FOR NO KEY UPDATE OF conversation
)
UPDATE messaging_conversation AS conversation
SET last_message_at = greatest(conversation.last_message_at, behind.at)
FROM behind WHERE conversation.id = behind.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message to be stored. `id` is random, or `message_id_of` whatever names it where it comes from.

    `sender_id` and `receiver_id` may be anybody's ids; `wamid` is WhatsApp's name of the message, if it has one.
    """

    id: UUID
    conversation_id: UUID
    sender_id: str
    receiver_id: str
    content: str
    created_at: datetime
    type: MessageType = "text"
    status: Status = "sent"
    media_url: str | None = None
    wamid: str | None = None


def message_id_of(name: str) -> UUID:
    """The id of the scope's message that has this name where it comes from: a `wamid`, or an id of a client's own."""
    return uuid5(current_organization_id(), name)


def store_messages(messages: Sequence[NewMessage]) -> None:
    """Have messages of conversations that are there already stored, once each, and count them.

    Call it in the transaction that decides what is new. A message that was given before is left out. Raises
    TransactionManagementError outside a transaction and TenantScopeMissing outside a scope.
    """
    if not messages:
        return
    ids = [message.id for message in messages]
    outbox.publish_many(TOPIC, [payload_of(message) for message in messages], event_ids=ids)
    analytics.record_many(
        METRIC, moments=[message.created_at for message in messages], event_ids=[uuid5(one, METRIC) for one in ids]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            MOVE_FORWARD,
            {
                "organization": current_organization_id(),
                "conversations": [message.conversation_id for message in messages],
                "moments": [message.created_at for message in messages],
            },
        )


def payload_of(message: NewMessage) -> dict[str, JSON]:
    """The message as its event carries it; its id is the event's."""
    return {
        "conversation_id": str(message.conversation_id),
        "sender_id": message.sender_id,
        "receiver_id": message.receiver_id,
        "content": message.content,
        "type": message.type,
        "status": message.status,
        "media_url": message.media_url,
        "created_at": message.created_at.isoformat(),
        "wamid": message.wamid,
    }


def message_from(message_id: UUID, payload: Mapping[str, Any]) -> NewMessage:
    """The message that `payload_of` was given."""
    return NewMessage(
        id=message_id,
        **{
            **payload,
            "conversation_id": UUID(payload["conversation_id"]),
            "created_at": datetime.fromisoformat(payload["created_at"]),
        },
    )
