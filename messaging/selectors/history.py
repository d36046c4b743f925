"""What was said in a conversation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from core.cursors import NotACursor, cursor_of, milliseconds_of, moment_of, position_of
from messaging.documents import MESSAGES, Message
from messaging.selectors.conversations import require_conversation

# Messages are of whole milliseconds, and a moment within one comes after them.
ALMOST_A_MILLISECOND: Final = timedelta(microseconds=999)
SHOWN: Final = ("sender_id", "receiver_id", "content", "type", "status", "media_url", "created_at")


@dataclass(frozen=True, slots=True)
class Place:
    """Between two messages: before the moment, or before one message of that moment."""

    at: datetime
    message_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Messages, the oldest first, and the cursor that brings those before them; None if there are none."""

    messages: Sequence[Message]
    next_cursor: str | None


def place_of(cursor: str) -> Place:
    """The place that a history's cursor names. Raises NotACursor."""
    at, message_id = position_of(cursor, int, str)
    try:
        return Place(moment_of(int(at)), UUID(str(message_id)))
    except ValueError:
        raise NotACursor from None


def history(conversation_id: UUID, *, limit: int, before: Place | None = None) -> History:
    """The last `limit` messages, or the last before a place. Raises ConversationNotFound, and PyMongoError.

    PostgreSQL is asked only where nothing is found.
    """
    found = list(
        MESSAGES.here()
        .find({"conversation_id": conversation_id, **_before(before)}, SHOWN)
        .sort([("created_at", -1), ("_id", -1)])
        .limit(limit + 1)
    )
    if not found:
        require_conversation(conversation_id)
    page = found[:limit]
    first = page[-1] if len(found) > limit else None
    cursor = cursor_of(milliseconds_of(first["created_at"]), str(first["_id"])) if first else None
    return History(page[::-1], cursor)


def _before(place: Place | None) -> Mapping[str, Any]:
    if place is None:
        return {}
    if place.message_id is None:
        return {"created_at": {"$lt": place.at + ALMOST_A_MILLISECOND}}
    same = {"created_at": place.at, "_id": {"$lt": place.message_id}}
    return {"created_at": {"$lte": place.at}, "$or": [{"created_at": {"$lt": place.at}}, same]}
