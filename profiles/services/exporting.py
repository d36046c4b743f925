"""The log as CSV: a part at a time, however long it is."""

import csv
from collections.abc import Iterator
from contextvars import Context, copy_context
from dataclasses import asdict
from datetime import datetime
from io import StringIO
from itertools import chain, islice
from typing import Final

from django.db import transaction

from audit import services as audit
from core.jsontypes import JSON
from core.tenancy import current_organization_id
from profiles import selectors
from profiles.selectors import Filters, Row
from profiles.services.facts import shown
from profiles.services.places import FewAtOnce

LOG: Final = "logged_out_profiles"
COLUMNS: Final = ("id", "agent_name", "profile_name", "timestamp", "created_at", "updated_at", "reason")
ROWS_AT_ONCE: Final = 1000
# A spreadsheet takes a cell that begins so for a formula, and would run it; the wide ones in East Asian settings.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK: Final = "\ufeff"


def export_csv(*, filters: Filters, for_spreadsheet: bool = False) -> FewAtOnce:
    """The records asked for, newest first, as UTF-8, which its first bytes say `for_spreadsheet`s.

    Texts that a spreadsheet would take for formulas begin with an apostrophe. The audit log tells of the export before
    the first record is read. What is returned is read later, remembers on whose behalf, and is to be closed. Raises
    TooManyExports, of which the audit log does not tell.
    """

    def begin() -> Iterator[bytes]:
        _record(filters)
        parts = _parts(filters, start=BYTE_ORDER_MARK if for_spreadsheet else "")
        first = next(parts)  # now, so that a database that fails is an answer and not half a file
        return chain([first], _remembering(copy_context(), parts))

    return FewAtOnce(begin)


def _remembering(context: Context, parts: Iterator[bytes]) -> Iterator[bytes]:
    while part := context.run(next, parts, b""):
        yield part


@transaction.atomic
def _record(filters: Filters) -> None:
    asked: dict[str, JSON] = {name: _plain(value) for name, value in asdict(filters).items() if value is not None}
    audit.record(
        action="export",
        resource_type=LOG,
        resource_id=current_organization_id(),
        changes={name: (None, value) for name, value in asked.items()},
    )


def _plain(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value


def _parts(filters: Filters, *, start: str) -> Iterator[bytes]:
    rows = selectors.export(filters)
    buffer = StringIO(start)
    buffer.seek(0, 2)
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        writer.writerows(map(_cells, batch))
        yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _taken(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _cells(row: Row) -> list[object]:
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in shown(row).values()]
