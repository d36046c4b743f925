"""Messages in MongoDB: each is stored once, and its status only moves forward."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from core.mongo import DocumentDiffers
from messaging.documents import MESSAGES, STATUSES, Message
from messaging.selectors.deliveries import statuses_of


def write_messages(messages: Sequence[Message]) -> None:
    """Store messages that are not there yet, and what WhatsApp has told of them meanwhile.

    Times are whole milliseconds in UTC. Raises DocumentDiffers if another message has the id of one, once all others
    are stored, and PyMongoError.
    """
    try:
        MESSAGES.here().insert_once(messages)
    except DocumentDiffers:
        _require_stored(messages)
    known = {message["wamid"]: message["_id"] for message in messages if "wamid" in message}
    if known:
        # Told before the message was there, its status found nothing to move.
        move_statuses({known[wamid]: status for wamid, status in statuses_of(known).items()})


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


def _require_stored(messages: Sequence[Message]) -> None:
    """Compare all but the status, which has moved on since a message was stored for the first time."""
    stored = {found["_id"]: found for found in MESSAGES.here().find({"_id": {"$in": [one["_id"] for one in messages]}})}
    for message in messages:
        there = stored.get(message["_id"])
        if there is None or {**there, "status": message["status"]} != message:
            raise DocumentDiffers(message["_id"])
