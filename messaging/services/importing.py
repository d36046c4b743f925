"""Taking archives of chats in, as any other message: accepted by PostgreSQL, counted, and stored by a relay."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from django.db import transaction
from pymongo.errors import PyMongoError

from core import outbox
from core.mongo import is_down
from core.outbox.models import OutboxEvent
from messaging.archives import Entry, Options, Skipped, SkipReason, entries_of
from messaging.archives.opening import Taken
from messaging.errors import ImportInterrupted
from messaging.selectors.stored import known_ids, unknown_conversations
from messaging.services.conversations import open_conversations
from messaging.services.correspondents import correspondents
from messaging.services.imported_ids import ImportedIds, conversation_id_of, uuid_or_none
from messaging.services.intake import TOPIC, NewMessage, store_messages

BATCH: Final = 1000
SECOND: Final = timedelta(seconds=1)
Pair = tuple[Entry, NewMessage]


@dataclass(slots=True)
class ImportSummary:
    """What became of archives."""

    new: int = 0
    known: int = 0
    conversations: int = 0
    skipped: Counter[SkipReason] = field(default_factory=Counter)
    examples: dict[SkipReason, str] = field(default_factory=dict)

    def skip(self, name: str, skipped: Skipped) -> None:
        """Count what is no message, and remember where the first of its kind is."""
        self.skipped[skipped.reason] += 1
        self.examples.setdefault(skipped.reason, f"{name}, line {skipped.line:,}")


def import_archive(
    path: Path,
    *,
    options: Options,
    summary: ImportSummary,
    begins: datetime,
    is_dry: bool = False,
    taken: Taken = lambda _: None,
) -> None:
    """Take the messages of an archive in that are not there yet, batch by batch, and add to the summary.

    Those without a time come a second after one another, from `begins` on. What is taken in stays, whatever is wrong
    with the rest. Raises UnreadableArchive, and ImportInterrupted while MongoDB is down.
    """
    messages = _messages(path, options, summary, begins=begins, taken=taken)
    opened: set[UUID] = set()
    try:
        while batch := list(islice(messages, BATCH)):
            _take_in(batch, summary, opened, is_dry=is_dry)
    except PyMongoError as error:
        if not is_down(error):
            raise
        raise ImportInterrupted(path.name) from error


def store_what_was_imported() -> int:
    """Store in MongoDB what was taken in, if no worker has done so.

    Returns how many of the organization's messages are not stored yet, which a worker does later.
    """
    while outbox.relay(TOPIC):
        pass
    return OutboxEvent.objects.filter(topic=TOPIC, delivered_at=None, parked_at=None).count()


def _messages(
    path: Path, options: Options, summary: ImportSummary, *, begins: datetime, taken: Taken
) -> Iterator[Pair]:
    ids, at = ImportedIds(), begins.astimezone(UTC)
    for read in entries_of(path, options, taken=taken):
        if isinstance(read, Skipped):
            summary.skip(path.name, read)
            continue
        at = read.at.astimezone(UTC) if read.at else at + SECOND
        message = NewMessage(
            id=ids.of(read),
            conversation_id=conversation_id_of(read.conversation),
            sender_id=read.sender,
            receiver_id=read.receiver,
            content=read.content,
            created_at=at,
            type=read.type,
            status=read.status,
            media_url=read.media_url,
        )
        yield read, message


@transaction.atomic
def _take_in(batch: Sequence[Pair], summary: ImportSummary, opened: set[UUID], *, is_dry: bool) -> None:
    """Those that are not there; none where it is dry. `opened` has the conversations of the archive that are known."""
    aliases = {message.id: uuid_or_none(entry.own_id) for entry, message in batch}
    known = known_ids([*aliases, *(alias for alias in aliases.values() if alias)])
    new = {
        message.id: (entry, message)
        for entry, message in batch
        if message.id not in known and aliases[message.id] not in known
    }
    summary.known += len(batch) - len(new)
    summary.new += len(new)
    first: dict[UUID, Pair] = {}
    for pair in new.values():
        first.setdefault(pair[1].conversation_id, pair)
    unknown = unknown_conversations(first.keys() - opened)
    summary.conversations += len(unknown)
    opened.update(first)
    if is_dry:
        return
    _open({one: pair for one, pair in first.items() if one in unknown})
    store_messages([message for _, message in new.values()])


def _open(first: dict[UUID, Pair]) -> None:
    """Open conversations, each with whom it is with, at its first message."""
    people = correspondents([entry for entry, _ in first.values()])
    open_conversations(
        [(one, people.get(entry.correspondent), message.created_at) for one, (entry, message) in first.items()]
    )
