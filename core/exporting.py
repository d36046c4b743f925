"""Files that are made while they are read. Each keeps one of the web server's threads for as long as its reader takes.

Who reads a file cannot tell from the connection that it broke off: Granian ends the answer of an application that
raised as if it were whole. The file itself says so, in its last line.
"""

import weakref
from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Final, NoReturn

from core.errors import RateLimited

# Of a process's eight threads.
AT_ONCE: Final = 2
RETRY_AFTER_SECONDS: Final = 10
# A queue and not a semaphore: only its `put` may also run while the garbage collector does.
PLACES: Final[SimpleQueue[None]] = SimpleQueue()
for _ in range(AT_ONCE):
    PLACES.put(None)


class TooManyExports(RateLimited):
    """As many exports as a process reads at once are being read."""

    code = "too_many_exports"
    default_message = "Too many exports are being read. Try again later."


class FewAtOnce(Iterator[bytes]):
    """What `begin` returns, read in one of this process's AT_ONCE places, on behalf of whom it was begun for.

    The place is given back, once, at the end, by an error, by `close`, which web servers call when the reader has gone
    away, and when nobody has this object any more. An error before the first part is an answer and not half a file;
    after a later one `broken_off` is the last part, and the error is raised behind it.
    """

    def __init__(self, begin: Callable[[], Iterator[bytes]], *, broken_off: bytes) -> None:
        """Take a place and begin. Raises TooManyExports if there is none, and what making the first part raises."""
        try:
            PLACES.get_nowait()
        except Empty:
            raise TooManyExports(retry_after_seconds=RETRY_AFTER_SECONDS) from None
        self._give_back = weakref.finalize(self, PLACES.put, None)
        self._broken_off = broken_off
        try:
            parts = begin()
            self._parts: Iterator[bytes] = chain([next(parts)], _remembering(copy_context(), parts))
        except BaseException:
            self.close()
            raise

    def __next__(self) -> bytes:
        """The next part."""
        try:
            return next(self._parts)
        except StopIteration:
            self.close()
            raise
        except Exception as error:
            is_new = self._give_back.alive
            self.close()
            if not is_new:
                raise
            self._parts = map(_raise, [error])
            return self._broken_off

    def close(self) -> None:
        """Give the place back, and read no more."""
        self._parts = iter(())
        self._give_back()


def _raise(error: Exception) -> NoReturn:
    raise error


def _remembering(context: Context, parts: Iterator[bytes]) -> Iterator[bytes]:
    while part := context.run(next, parts, b""):
        yield part
