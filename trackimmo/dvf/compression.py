"""Files as they come: plain or gzipped, from a disk or through a network."""

import gzip
import io
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from typing_extensions import Buffer

from trackimmo.dvf.errors import UnreadableFile

GZIP_MAGIC: Final = b"\x1f\x8b"
ZIP_MAGIC: Final = b"PK\x03\x04"
CHUNK_BYTES: Final = 1 << 20


class ByteSource(Protocol):
    """Anything that can be read from front to back: an open file, the body of an answer."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class Unpacked:
    """The contents of a source, gzipped or not; its first bytes tell, not its name.

    `on_read` is told how many bytes of the source were taken so far: of the packed ones, so that a progress bar ends
    where the file does. `most_bytes` is how many the contents may have, be they packed however small.
    """

    def __init__(
        self, source: ByteSource, *, name: str, on_read: Callable[[int], None], most_bytes: int | None = None
    ) -> None:
        self._name = name
        self._most_bytes = most_bytes
        self._read_bytes = 0
        packed = io.BufferedReader(_Counted(source, on_read), CHUNK_BYTES)
        head = packed.peek(len(ZIP_MAGIC))
        if head.startswith(ZIP_MAGIC):
            raise UnreadableFile(name, "this is a zip archive; unpack it first")
        self._contents: ByteSource = gzip.GzipFile(fileobj=packed) if head.startswith(GZIP_MAGIC) else packed

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes of the contents; none at the end.

        Raises UnreadableFile if compressed data is broken, or if there is more than there may be.
        """
        data = self._unpack(size)
        self._read_bytes += len(data)
        if self._most_bytes is not None and self._read_bytes > self._most_bytes:
            raise UnreadableFile(self._name, f"has more than {self._most_bytes:,} bytes")
        return data

    def _unpack(self, size: int) -> bytes:
        try:
            return self._contents.read(size)
        except EOFError as error:
            raise UnreadableFile(self._name, "the compressed data ends too early: the file is incomplete") from error
        except (zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableFile(self._name, f"the compressed data is damaged: {error}") from error


class _Counted(io.RawIOBase):
    """The source for Python's buffered readers, every buffer filled, and the bytes counted."""

    def __init__(self, source: ByteSource, on_read: Callable[[int], None]) -> None:
        self._source = source
        self._on_read = on_read
        self._taken_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        filled = 0
        while filled < len(view) and (data := self._source.read(len(view) - filled)):
            view[filled : filled + len(data)] = data
            filled += len(data)
        self._taken_bytes += filled
        self._on_read(self._taken_bytes)
        return filled
