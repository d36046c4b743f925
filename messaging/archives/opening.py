"""Opening an archive as lines of text: plain, gzipped, or zipped as WhatsApp does. Nothing is unpacked onto a disk."""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final
from zipfile import BadZipFile, ZipFile

from messaging.archives.errors import UnreadableArchive

MOST_BYTES: Final = 4 * 1024**3
LONGEST_LINE: Final = 1024**2
# Chats shrink to a fifth or so; a file that was made to fill memory shrinks to a thousandth.
MOST_PACKED: Final = 200
CHECKED_FROM: Final = 10 * 1024**2
Taken = Callable[[int], None]
BROKEN: Final = (BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


@contextmanager
def lines_of(path: Path, taken: Taken = lambda _: None) -> Iterator[Iterator[str]]:
    """The lines, without their ends. `taken` is told how many bytes of the file are read.

    Raises UnreadableArchive for what is no text in UTF-8, is broken, or unpacks to more than it can be.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(2)
            file.seek(0)
            if magic == b"PK":
                with ZipFile(file) as zipped, _member(path, zipped) as member:
                    yield _lines(path, member, file, taken)
            elif magic == b"\x1f\x8b":
                with gzip.open(file) as unzipped:
                    yield _lines(path, unzipped, file, taken)
            else:
                yield _lines(path, file, file, taken)
    except BROKEN as error:
        raise UnreadableArchive(path.name, f"it is broken: {error}") from error


def _member(path: Path, zipped: ZipFile) -> IO[bytes]:
    """The chat in a zip. Its name is never used as a path."""
    texts = [name for name in zipped.namelist() if name.lower().endswith(".txt") and "__MACOSX" not in name]
    chats = [name for name in texts if name.rpartition("/")[2] == "_chat.txt"] or texts
    if len(chats) != 1:
        raise UnreadableArchive(path.name, f"there must be one .txt file in it, and there are {len(chats)}")
    return zipped.open(chats[0])


def _lines(path: Path, unpacked: IO[bytes] | gzip.GzipFile, file: IO[bytes], taken: Taken) -> Iterator[str]:
    size = 0
    decode = codecs.getincrementaldecoder("utf-8-sig")().decode
    while raw := unpacked.readline(LONGEST_LINE + 1):
        size += len(raw)
        if len(raw) > LONGEST_LINE:
            raise UnreadableArchive(path.name, f"a line is longer than {LONGEST_LINE:,} bytes")
        read = file.tell()
        if size > MOST_BYTES or (unpacked is not file and size > CHECKED_FROM and size > MOST_PACKED * read):
            raise UnreadableArchive(path.name, f"it unpacks to more than it can be: {size:,} bytes from {read:,}")
        taken(read)
        try:
            # PostgreSQL has no place for a NUL in a text.
            yield decode(raw).rstrip("\r\n").replace("\x00", "")
        except UnicodeDecodeError as error:
            raise UnreadableArchive(path.name, f"it is not UTF-8: {error.reason}") from error
