"""How many streams a process holds open, and how many of them for one caller."""

from collections import Counter
from collections.abc import Hashable
from threading import Lock
from typing import Final

from django.conf import settings

from core.errors import RateLimited, Unavailable

MOST_STREAMS: Final = 10_000
RETRY_SECONDS: Final = 15


class Places:
    """Counted in this process. Taken in the thread that opens a stream, given back in the event loop."""

    def __init__(self, most: int = MOST_STREAMS) -> None:
        self._most = most
        self._lock = Lock()
        self._taken = 0
        self._of_caller: Counter[Hashable] = Counter()

    def take(self, caller: Hashable) -> None:
        """Raises RateLimited if the caller has as many streams as he may, Unavailable if the process has."""
        with self._lock:
            if self._of_caller[caller] >= settings.LIVE_STREAMS_PER_CALLER:
                raise RateLimited(
                    f"At most {settings.LIVE_STREAMS_PER_CALLER} live streams at a time: close one first.",
                    retry_after_seconds=RETRY_SECONDS,
                )
            if self._taken >= self._most:
                raise Unavailable
            self._taken += 1
            self._of_caller[caller] += 1

    def give_back(self, caller: Hashable) -> None:
        """The caller has one stream less."""
        with self._lock:
            self._taken -= 1
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]


places: Final = Places()
