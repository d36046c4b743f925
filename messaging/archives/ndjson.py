"""Messages as our own history answers them, one JSON object a line."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Final

import orjson

from messaging.archives.entries import Entry, Read, Skipped, SkipReason, fitting
from messaging.archives.opening import Taken, lines_of
from messaging.archives.tables import time_of
from messaging.documents import STATUSES, TYPES

TEXTS: Final = ("sender_id", "receiver_id", "content")


def ndjson_entries(path: Path, *, taken: Taken) -> Iterator[Read]:
    """The messages; those without a `conversation_id` are all of one, which has the file's name.

    Raises UnreadableArchive.
    """
    with lines_of(path, taken) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _read(number, line, name=path.name.partition(".")[0], zone=UTC)


def _read(number: int, line: str, *, name: str, zone: tzinfo) -> Read:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        return Skipped(number, SkipReason.BROKEN)
    if not isinstance(told, dict) or not _is_complete(told):
        return Skipped(number, SkipReason.INCOMPLETE)
    try:
        at = time_of(told["created_at"], zone) if told.get("created_at") else None
    except ValueError:
        return Skipped(number, SkipReason.TIME)
    return fitting(
        Entry(
            line=number,
            conversation=told.get("conversation_id") or name,
            sender=told["sender_id"],
            receiver=told["receiver_id"],
            content=told["content"].replace("\x00", ""),
            at=at,
            type=told.get("type", "text"),
            status=told.get("status", "read"),
            media_url=told.get("media_url"),
            own_id=told.get("id"),
        )
    )


def _is_complete(told: dict[str, Any]) -> bool:
    """Whether all that must be there is, and all that is there is what it should be."""
    optional = ("conversation_id", "created_at", "media_url", "id")
    return (
        all(isinstance(told.get(name), str) for name in TEXTS)
        and all(isinstance(told.get(name, ""), str | None) for name in optional)
        and told.get("type", "text") in TYPES
        and told.get("status", "read") in STATUSES
    )
