"""Tables as CSV: a part at a time, however long they are."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Final

ROWS_AT_ONCE: Final = 1000
# A spreadsheet takes a cell that begins so for a formula, and would run it; the wide ones in East Asian settings.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BYTE_ORDER_MARK: Final = "\ufeff"
BROKEN_OFF: Final = b"The export broke off here and is incomplete.\r\n"


def csv_parts(
    columns: Sequence[str], rows: Iterable[Iterable[object]], *, for_spreadsheet: bool = False
) -> Iterator[bytes]:
    """The table in UTF-8, which its first bytes say `for_spreadsheet`s.

    Texts that a spreadsheet would take for formulas begin with an apostrophe.
    """
    left = iter(rows)
    buffer = StringIO(BYTE_ORDER_MARK if for_spreadsheet else "")
    buffer.seek(0, 2)
    writer = csv.writer(buffer)
    writer.writerow(columns)
    while batch := list(islice(left, ROWS_AT_ONCE)):
        writer.writerows(map(_cells, batch))
        yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _taken(buffer: StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _cells(row: Iterable[object]) -> list[object]:
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell for cell in row]
