"""Tables with a header: values between commas or tabs."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final

from core.csv_files import rows_of
from messaging.archives.entries import LONGEST_CONTENT, Entry, Read, Skipped, SkipReason, fitting
from messaging.archives.errors import UnreadableArchive
from messaging.archives.opening import Taken, lines_of

# Beyond it a quote was left open; up to it a text is one of those that are told as too long.
LONGEST_FIELD: Final = 16 * LONGEST_CONTENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns are called. Only that of the text must be there."""

    conversation: str = "conversation_id"
    text: str = "text"
    sender: str = "sender_id"
    receiver: str = "receiver_id"
    time: str = "created_at"


def table_entries(path: Path, *, has_tabs: bool, columns: Columns, zone: tzinfo, taken: Taken) -> Iterator[Read]:
    """The rows. Those without a conversation's column are all of one, which has the file's name.

    Raises UnreadableArchive.
    """
    with lines_of(path, taken) as lines:
        whole = (f"{line}\n" for line in lines)
        # Tabs stand in no value, and quotes stand for themselves.
        reader = csv.reader(whole, delimiter="\t", quoting=csv.QUOTE_NONE) if has_tabs else csv.reader(whole)
        rows = rows_of(reader, longest_field=LONGEST_FIELD)
        try:
            _, header = next(rows, (0, []))
            if columns.text not in header:
                raise UnreadableArchive(path.name, f"it has no column {columns.text!r}: {', '.join(header)[:200]}")
            yield from _read(rows, header, columns=columns, zone=zone, name=path.name.partition(".")[0])
        except csv.Error as error:
            raise UnreadableArchive(path.name, f"line {reader.line_num}: {error}") from error


def _read(
    rows: Iterable[tuple[int, list[str]]], header: Sequence[str], *, columns: Columns, zone: tzinfo, name: str
) -> Iterator[Read]:
    for line, row in rows:
        if not row:
            continue
        if len(row) != len(header):
            yield Skipped(line, SkipReason.RAGGED)
            continue
        told = dict(zip(header, row, strict=True))
        try:
            at = time_of(told[columns.time], zone) if told.get(columns.time) else None
        except ValueError:
            yield Skipped(line, SkipReason.TIME)
            continue
        yield fitting(
            Entry(
                line=line,
                conversation=told.get(columns.conversation) or name,
                sender=told.get(columns.sender) or "customer",
                receiver=told.get(columns.receiver) or "us",
                content=told[columns.text].removesuffix("\n"),
                at=at,
            )
        )


def time_of(text: str, zone: tzinfo) -> datetime:
    """An ISO time in UTC; without an offset it is of the zone. Raises ValueError."""
    said = datetime.fromisoformat(text)
    try:
        at = (said if said.tzinfo else said.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return at
