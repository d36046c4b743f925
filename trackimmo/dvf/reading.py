"""From a file to the rows of the staging table. Only the shape of a line is checked here; its meaning, in SQL."""

import csv
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import chain
from typing import Final

from trackimmo.dvf.blocks import blocks
from trackimmo.dvf.compression import ByteSource, Unpacked
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.dvf.formats import Fields, recognise
from trackimmo.dvf.geo import GEO
from trackimmo.dvf.raw import RAW

# Between the values of a staged row. No text has it, so that only backslashes need escaping in COPY's text format.
SEPARATOR: Final = b"\x1f"
FORMATS: Final = (GEO, RAW)


class SalesReader:
    """Reads one file of sales. `lines_read` counts the lines below the header, as far as they were read."""

    def __init__(
        self, source: ByteSource, *, name: str, on_read: Callable[[int], None], most_bytes: int | None = None
    ) -> None:
        """Read the header. Raises UnreadableFile if it is not that of a format we know."""
        content = blocks(Unpacked(source, name=name, on_read=on_read, most_bytes=most_bytes))
        header, newline, rest = next(content, b"").partition(b"\n")
        if not newline:
            raise UnreadableFile(name, "the file is empty")
        self._layout = recognise(header, FORMATS, name=name)
        self._blocks = chain([rest], content)
        self.lines_read = 0

    def copy_rows(self) -> Iterator[bytes]:
        """The well-formed lines as blocks in COPY's text format: the line's key, then the staged values.

        The key is Python's hash, the same for equal lines within one process, and keyed, so that nobody can write two
        different lines that pass for one.
        A line is well-formed if it is UTF-8 without NUL and has as many fields as the header; no field has a newline.
        Raises UnreadableFile if compressed data is broken, or unpacks to more than `most_bytes`.
        """
        for block in self._blocks:
            text = block.replace(b"\\", b"\\\\")
            if b"\r" in text:
                text = text.replace(b"\r\n", b"\n")
            lines = text.split(b"\n")
            lines.pop()
            self.lines_read += len(lines)
            rows = self._rows(lines) if self._is_plain(text) else self._rows_one_by_one(lines)
            if rows:
                rows.append(b"")
                yield b"\n".join(rows)

    def _is_plain(self, text: bytes) -> bool:
        """Whether every line of the block can be split at its delimiters without looking closer."""
        odd = (b"\0", b"\r", SEPARATOR, *([b'"'] if self._layout.format.is_quoted else []))
        return not any(byte in text for byte in odd) and _is_utf8(text)

    def _rows(self, lines: list[bytes]) -> list[bytes]:
        """One expression, and nothing called that is written in Python: this is where the time goes."""
        width, select, join = self._layout.width, self._layout.select, SEPARATOR.join
        delimiter = self._layout.format.delimiter.encode()
        return [
            join((b"%d" % hash(line), *select(fields)))
            for line in lines
            if len(fields := line.split(delimiter)) == width
        ]

    def _rows_one_by_one(self, lines: list[bytes]) -> list[bytes]:
        split = ((line, self._fields(line)) for line in lines)
        return [
            SEPARATOR.join((b"%d" % hash(line), *self._layout.select(fields)))
            for line, fields in split
            if len(fields) == self._layout.width
        ]

    def _fields(self, line: bytes) -> Fields:
        """The fields of any line, none if it is malformed."""
        if b"\0" in line or b"\r" in line or SEPARATOR in line or not _is_utf8(line):
            return []
        delimiter = self._layout.format.delimiter
        if not (self._layout.format.is_quoted and b'"' in line):
            return line.split(delimiter.encode())
        with suppress(csv.Error):
            return [field.encode() for field in next(csv.reader([line.decode()], delimiter=delimiter, strict=True))]
        return []


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
