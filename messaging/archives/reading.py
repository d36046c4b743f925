"""Reading an archive, whatever it is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from enum import StrEnum
from itertools import islice
from pathlib import Path

from messaging.archives.entries import Read
from messaging.archives.ndjson import ndjson_entries
from messaging.archives.opening import Taken, lines_of
from messaging.archives.stamps import DateOrder, stamped
from messaging.archives.tables import Columns, table_entries
from messaging.archives.whatsapp import whatsapp_entries


class Format(StrEnum):
    """What an archive can be; `auto` looks."""

    AUTO = "auto"
    WHATSAPP = "whatsapp"
    NDJSON = "ndjson"
    CSV = "csv"
    TSV = "tsv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to read. Times without an offset are of the `zone`."""

    format: Format = Format.AUTO
    date_order: DateOrder | None = None
    zone: tzinfo = UTC
    columns: Columns = field(default_factory=Columns)


def entries_of(path: Path, options: Options, *, taken: Taken = lambda _: None) -> Iterator[Read]:
    """The messages of an archive, and what is none, as they are drawn. Raises UnreadableArchive."""
    form = options.format if options.format is not Format.AUTO else format_of(path)
    if form is Format.WHATSAPP:
        return whatsapp_entries(path, zone=options.zone, order=options.date_order, taken=taken)
    if form is Format.NDJSON:
        return ndjson_entries(path, taken=taken)
    return table_entries(path, has_tabs=form is Format.TSV, columns=options.columns, zone=options.zone, taken=taken)


def format_of(path: Path) -> Format:
    """What it looks like: by its first lines, as names often say nothing. Raises UnreadableArchive."""
    with lines_of(path) as lines:
        first = list(islice(lines, 20))
    if any(stamped(line) for line in first):
        return Format.WHATSAPP
    head = first[0] if first else ""
    if head.lstrip().startswith("{"):
        return Format.NDJSON
    return Format.TSV if "\t" in head else Format.CSV
