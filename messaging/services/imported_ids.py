"""Ids of what is imported: the same in every run, and of one organization."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from messaging.archives import Entry
from messaging.services.intake import message_id_of


class ImportedIds:
    """Ids of an archive's messages, in the order in which they stand in it.

    A message with a time is known by what was said, by whom and when, so that it is the same one in a later export that
    begins elsewhere; of those that are equal in all of it, by its number. One without is known by its line.
    """

    def __init__(self) -> None:
        self._at: datetime | None = None
        self._equal = Counter[str]()

    def of(self, entry: Entry) -> UUID:
        """The id of the next message."""
        if entry.own_id:
            return message_id_of(f"import own {entry.own_id}")
        said = "\x1f".join([entry.conversation, entry.sender, entry.type, entry.content])
        if entry.at is None:
            return message_id_of(f"import line {entry.line}\x1f{said}")
        if entry.at != self._at:
            self._at = entry.at
            self._equal.clear()
        self._equal[said] += 1
        return message_id_of(f"import {entry.at.isoformat()} {self._equal[said]}\x1f{said}")


def conversation_id_of(name: str) -> UUID:
    """The conversation's own id, if its name is one; otherwise one made of the organization and the name."""
    return uuid_or_none(name) or message_id_of(f"import conversation {name}")


def uuid_or_none(text: str | None) -> UUID | None:
    """The id that a text is."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
