"""What a search is asked for, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from core.errors import Unavailable
from messaging.query import Node

Filter = Mapping[str, Any]
# Messages are of whole milliseconds: what is before a moment within one is before the next one.
ALMOST_A_MILLISECOND: Final = timedelta(microseconds=999)


class SearchTooSlow(Unavailable):
    """It was given up, so that it keeps nobody else waiting."""

    code = "search_too_slow"
    default_message = (
        "The search takes too long. Search for rarer words, or in one conversation or a shorter time, or order=recent."
    )


class Order(StrEnum):
    """The best match first, or the newest message."""

    RELEVANCE = "relevance"
    RECENT = "recent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A query, and what else must be true of a message; from `date_from` on and before `date_to`."""

    query: Node
    order: Order = Order.RELEVANCE
    limit: int = 20
    cursor: str | None = None
    conversation_id: UUID | None = None
    sender_id: str | None = None
    type: str | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None

    @property
    def narrowing(self) -> Filter:
        """What else must be true, as MongoDB is asked for it."""
        said = {"conversation_id": self.conversation_id, "sender_id": self.sender_id, "type": self.type}
        asked = {name: value for name, value in said.items() if value is not None}
        created_at = {
            **({"$gte": self.date_from} if self.date_from else {}),
            **({"$lt": _milliseconds_up(self.date_to)} if self.date_to else {}),
        }
        return {**asked, "created_at": created_at} if created_at else asked


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found. `score` is how often the words are in it, for its length, and 0 where none needs to."""

    id: UUID
    conversation_id: UUID
    content: str
    type: str
    created_at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """A page, and the cursor of the next one; None if there is none."""

    hits: Sequence[Hit]
    next_cursor: str | None


def _milliseconds_up(moment: datetime) -> datetime:
    return min(moment, datetime.max.replace(tzinfo=moment.tzinfo) - ALMOST_A_MILLISECOND) + ALMOST_A_MILLISECOND
