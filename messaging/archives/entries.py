"""What an archive has in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from messaging.documents import MessageType, Status

LONGEST_CONTENT: Final = 65_536
LONGEST_NAME: Final = 255


class SkipReason(StrEnum):
    """Why something in an archive is no message."""

    SYSTEM = "a notice of WhatsApp's own"
    STRAY = "before the first message"
    RAGGED = "more or fewer fields than the header has"
    EMPTY = "without a text"
    BROKEN = "not JSON"
    INCOMPLETE = "a field is missing or wrong"
    TIME = "its time cannot be read"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message. `conversation` names what it belongs to in its archive; `line` is where it begins, from 1.

    Without a time of its own it comes a second after the one before. `own_id` is what the archive itself calls it, and
    `correspondent` whom the conversation is with, by name or number, if it is with one person.
    """

    line: int
    conversation: str
    sender: str
    receiver: str
    content: str
    at: datetime | None
    type: MessageType = "text"
    status: Status = "read"
    media_url: str | None = None
    own_id: str | None = None
    correspondent: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """What begins at a line and is no message."""

    line: int
    reason: SkipReason


Read: TypeAlias = Entry | Skipped


def fitting(entry: Entry) -> Read:
    """The entry, unless there is nothing in it or too much."""
    if not entry.content.strip() and entry.type == "text":
        return Skipped(entry.line, SkipReason.EMPTY)
    names = (entry.sender, entry.receiver, entry.conversation, entry.own_id or "")
    if len(entry.content) > LONGEST_CONTENT or any(len(name) > LONGEST_NAME for name in names):
        return Skipped(entry.line, SkipReason.TOO_LONG)
    return entry
