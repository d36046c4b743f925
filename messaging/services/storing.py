"""Messages in MongoDB: each is stored once, and its status only moves forward."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.cursors import milliseconds_of, moment_of
from core.live import announce_many
from core.mongo import DocumentDiffers
from core.scope import current_organization_id
from messaging.documents import MESSAGES, STATUSES, Message
from messaging.selectors.deliveries import statuses_of
from messaging.services.facts import message_shown
from messaging.services.intake import NewMessage
from messaging.words import searchable

NEWS: Final = timedelta(hours=1)
CHANGING: Final = frozenset({"status", "terms", "folded"})


def write_messages(messages: Sequence[NewMessage]) -> None:
    """Store messages that are not there yet, and what WhatsApp has told of them meanwhile.

    Raises DocumentDiffers if another message has the id of one, once all others are stored, and PyMongoError.
    """
    documents = [_document(message) for message in messages]
    try:
        new = MESSAGES.here().insert_once(documents)
    except DocumentDiffers:
        _require_stored(documents)
        new = len(documents)  # at most: better news twice than not at all
    known = {message.wamid: message.id for message in messages if message.wamid}
    if known:
        # Told before the message was there, its status found nothing to move.
        move_statuses({known[wamid]: status for wamid, status in statuses_of(known).items()})
    if new:
        _announce(documents)


def move_statuses(statuses: Mapping[UUID, str]) -> None:
    """Move the statuses of these messages forward, as far as told; never back. Raises PyMongoError."""
    updates = [
        (
            {"_id": message_id, "status": {"$in": STATUSES[: STATUSES.index(status)]}},
            {"$set": {"status": status}},
        )
        for message_id, status in statuses.items()
    ]
    if updates:
        MESSAGES.here().update_each(updates)


def _document(message: NewMessage) -> Message:
    found = searchable(message.content)
    document: Message = {
        "_id": message.id,
        "organization_id": current_organization_id(),
        "conversation_id": message.conversation_id,
        "sender_id": message.sender_id,
        "receiver_id": message.receiver_id,
        "content": message.content,
        "type": message.type,
        "status": message.status,
        "media_url": message.media_url,
        "created_at": moment_of(milliseconds_of(message.created_at)),
        "terms": found["terms"],
        "folded": found["folded"],
    }
    if message.wamid:
        document["wamid"] = message.wamid
    return document


@transaction.atomic
def _announce(documents: Sequence[Message]) -> None:
    """Tell whoever watches of messages, unless they are old: a file with the chats of years is no news."""
    since = timezone.now() - NEWS
    announce_many(
        "message.stored",
        [
            {"conversation_id": str(document["conversation_id"]), **message_shown(document)}
            for document in documents
            if document["created_at"] >= since
        ],
    )


def _require_stored(messages: Sequence[Message]) -> None:
    """Compare what never changes: a status moves on, and words may be read in another way by now."""
    stored = {found["_id"]: found for found in MESSAGES.here().find({"_id": {"$in": [one["_id"] for one in messages]}})}
    for message in messages:
        there = stored.get(message["_id"])
        if there is None or _fixed(there) != _fixed(message):
            raise DocumentDiffers(message["_id"])


def _fixed(message: Message) -> dict[str, object]:
    return {name: value for name, value in message.items() if name not in CHANGING}
