"""The log as a file, for auditors: every entry as it was hashed, and the checkpoints; or a table."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import keys, selectors
from audit.chain import NO_HASH, time_text
from audit.documents import AuditLog
from audit.endings import Ending
from audit.selectors import Filters
from audit.services.writing import record
from core.csv_files import BROKEN_OFF, csv_parts
from core.exporting import FewAtOnce
from core.jsontypes import JSON
from core.rendering import to_json, to_sorted_json
from core.tenancy import current_organization_id

Format = Literal["ndjson", "csv"]
LINES_AT_ONCE: Final = 1000
BROKEN_OFF_LINE: Final = b'{"error":"The export broke off here and is incomplete."}\n'
# fmt: off
COLUMNS: Final = (
    "seq", "created_at", "user_id", "key_id", "action", "resource_type", "resource_id", "changes", "ip_address",
    "user_agent", "request_id", "_id", "organization_id", "prev_hash", "hash",
)
# fmt: on


def export(*, filters: Filters, format: Format) -> FewAtOnce:  # noqa: A002 -- the parameter's documented name
    """The entries asked for that there are by now, oldest first.

    NDJSON has an entry a line, as `audit.chain` says, and if all entries were asked for, then the checkpoints and a
    signed line that tells where it ended: `audit.offline` verifies such a file. CSV is for spreadsheets. The log tells
    of the export. A file that breaks off says so in its last line. What is returned is read later, and is to be closed.
    Raises TooManyExports, of which the log does not tell, and PyMongoError while MongoDB is down.
    """

    def begin() -> Iterator[bytes]:
        _record(filters, format)
        # Before the size is: a checkpoint beyond it is evidence that somebody cut the log short, and not a new one.
        furthest = selectors.furthest_checkpoint()
        entries = selectors.entries_upto(selectors.size(), filters)
        if format == "csv":
            return csv_parts(COLUMNS, map(_cells, entries))
        return _in_parts(_whole(entries, furthest) if filters == Filters() else map(_line, entries))

    return FewAtOnce(begin, broken_off=BROKEN_OFF if format == "csv" else BROKEN_OFF_LINE)


@transaction.atomic
def _record(filters: Filters, file_format: Format) -> None:
    asked = {"format": file_format, **asdict(filters)}
    record(
        action="export",
        resource_type="audit_log",
        resource_id=current_organization_id(),
        changes={name: (None, _plain(value)) for name, value in asked.items() if value is not None},
    )


def _plain(value: str | UUID | datetime) -> JSON:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _whole(entries: Iterable[AuditLog], furthest: int) -> Iterator[bytes]:
    count, checkpoints, last = 0, 0, (0, NO_HASH)
    for entry in entries:
        count, last = count + 1, (entry["seq"], entry["hash"])
        yield _line(entry)
    for checkpoint in selectors.checkpoints_upto(furthest):
        checkpoints += 1
        yield to_sorted_json({"checkpoint": checkpoint.exported()})
    ending = Ending.signed(
        keys.signing_key(),
        organization_id=str(current_organization_id()),
        counts=(count, checkpoints),
        last=last,
        at=timezone.now(),
    )
    yield to_sorted_json({"end": asdict(ending)})


def _line(entry: AuditLog) -> bytes:
    return to_sorted_json({**entry, "created_at": time_text(entry["created_at"])})


def _in_parts(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Many lines a part. A file without a line has a part, too."""
    part = _joined(lines)
    yield part
    while part := _joined(lines):
        yield part


def _joined(lines: Iterator[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in islice(lines, LINES_AT_ONCE))


def _cells(entry: AuditLog) -> list[object]:
    cells = {**entry, "created_at": entry["created_at"].isoformat(), "changes": to_json(entry["changes"]).decode()}
    return [cells[name] for name in COLUMNS]
