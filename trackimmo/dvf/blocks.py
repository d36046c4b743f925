"""A file as blocks of whole lines, in bounded memory."""

from collections.abc import Iterator
from typing import Final

from trackimmo.dvf.compression import CHUNK_BYTES, ByteSource

LONGEST_LINE_BYTES: Final = 1 << 16
# Stands for a line that is longer than any sale's; a NUL makes it malformed.
TOO_LONG: Final = b"\0"


def blocks(source: ByteSource) -> Iterator[bytes]:
    """About a megabyte of lines at a time, each ended by a newline, the last one too."""
    begun = b""
    while chunk := source.read(CHUNK_BYTES):
        lines, newline, rest = chunk.rpartition(b"\n")
        if newline:
            yield begun + lines + newline
            begun = rest
        else:
            begun += rest
        if len(begun) > LONGEST_LINE_BYTES:
            begun = TOO_LONG
    if begun:
        yield begun + b"\n"
