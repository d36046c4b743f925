"""Where a page of hits begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from core.cursors import NotACursor, cursor_of, milliseconds_of, moment_of, position_of
from messaging.selectors.search.asking import Filter, Hit

NEWEST_FIRST: Final = [("created_at", -1), ("_id", -1)]


@dataclass(frozen=True, slots=True)
class Recent:
    """After a message, from the newest to the oldest."""

    at: datetime
    id: UUID

    @classmethod
    def of(cls, cursor: str) -> Self:
        """Raises NotACursor."""
        at, message_id = position_of(cursor, int, str)
        return cls(moment_of(int(at)), _id_of(message_id))

    @staticmethod
    def cursor(hit: Hit) -> str:
        """After this one."""
        return cursor_of(milliseconds_of(hit.created_at), str(hit.id))

    @property
    def older(self) -> Filter:
        """What comes after it; the first condition is the index's."""
        same = {"created_at": self.at, "_id": {"$lt": self.id}}
        return {"$and": [{"created_at": {"$lte": self.at}}, {"$or": [{"created_at": {"$lt": self.at}}, same]}]}


@dataclass(frozen=True, slots=True)
class Relevant:
    """After a message, from the best score to none."""

    score: float
    recent: Recent

    @classmethod
    def of(cls, cursor: str) -> Self:
        """Raises NotACursor."""
        score, at, message_id = position_of(cursor, float, int, str)
        return cls(float(score), Recent(moment_of(int(at)), _id_of(message_id)))

    @staticmethod
    def cursor(hit: Hit) -> str:
        """After this one."""
        return cursor_of(hit.score, milliseconds_of(hit.created_at), str(hit.id))

    @property
    def lower(self) -> Filter:
        """What comes after it, of documents with their scores."""
        return {"$or": [{"score": {"$lt": self.score}}, {"score": self.score, **self.recent.older}]}


def _id_of(text: Any) -> UUID:  # noqa: ANN401 -- part of a position
    try:
        return UUID(text)
    except ValueError:
        raise NotACursor from None
