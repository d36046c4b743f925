"""Tables as CSV: a part at a time, however long they are."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _csv import Reader

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


def rows_of(reader: "Reader", *, longest_field: int) -> Iterator[tuple[int, list[str]]]:
    """The rows left in the reader, each with the line on which it begins. Raises csv.Error.

    A field may have so many characters. `csv` knows one limit for the whole process: it is ours while a row is read,
    and whoever reads another table between two of our rows finds it as it was.
    """
    while True:
        line = reader.line_num + 1
        before = csv.field_size_limit(longest_field)
        try:
            row = next(reader, None)
        finally:
            csv.field_size_limit(before)
        if row is None:
            return
        yield line, row
