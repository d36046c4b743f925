"""Places for requests that take long: so few in each process that all others still find a thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore


class Places:
    """So many at once in this process. Nobody waits for a place: he is told that there is none."""

    def __init__(self, number: int) -> None:
        self._free = BoundedSemaphore(number)

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Take a place until the block ends. Whether there was one."""
        is_mine = self._free.acquire(blocking=False)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._free.release()
