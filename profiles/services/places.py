"""How many exports are read at once: each keeps one of the web server's threads for as long as its reader takes."""

import weakref
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Final

from profiles.errors import TooManyExports

# Of a process's eight threads.
AT_ONCE: Final = 2
RETRY_AFTER_SECONDS: Final = 10
# A queue and not a semaphore: only its `put` may also run while the garbage collector does.
PLACES: Final[SimpleQueue[None]] = SimpleQueue()
for _ in range(AT_ONCE):
    PLACES.put(None)


class FewAtOnce(Iterator[bytes]):
    """What `begin` returns, read in one of this process's AT_ONCE places.

    The place is given back, once, at the end, by an error, by `close`, which web servers call when the reader has gone
    away, and when nobody has this object any more.
    """

    def __init__(self, begin: Callable[[], Iterator[bytes]]) -> None:
        """Take a place and begin. Raises TooManyExports if there is none."""
        try:
            PLACES.get_nowait()
        except Empty:
            raise TooManyExports(retry_after_seconds=RETRY_AFTER_SECONDS) from None
        self._give_back = weakref.finalize(self, PLACES.put, None)
        try:
            self._parts = begin()
        except BaseException:
            self.close()
            raise

    def __next__(self) -> bytes:
        """The next part."""
        try:
            return next(self._parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place back, and read no more."""
        self._parts = iter(())
        self._give_back()
