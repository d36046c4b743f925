"""How many requests may be under way at one host at once, over all our processes.

Each process holds a number of slots in Redis for a few seconds and says a few times per second how many it has in use
and how many it could use: `slots.lua` deals them out. So a request costs no round trip, a process that dies gives back
what it held when its time is over, and two that work at the same time share evenly within a moment.

What is never exceeded is exact as long as Redis keeps its data: were it to lose them, the limit would be kept by each
process alone until each has said again what it holds, a quarter of a second later.
"""

import asyncio
import time
import uuid
from collections import deque
from functools import cache
from pathlib import Path
from typing import Final, cast

import structlog
from redis import RedisError
from redis.commands.core import Script

from checkin.errors import LimitReached, LimitUnknown
from core.redis import client

# Beyond the longest request: what may pass between two words to Redis without anything being given to others.
SPARE_SECONDS: Final = 5.0
LONGEST_WAIT_SECONDS: Final = 30.0
# How soon we ask again: when others or we wait for slots, and when all have what they want.
EAGER_SECONDS, CALM_SECONDS = 0.05, 0.25

logger = structlog.get_logger(__name__)


class Slots:
    """This event loop's slots at one host. `request_seconds` is how long a request may take at most.

    `await acquire()`, and `release()` whatever happens; `await close()` gives all back. Not for use between threads.
    """

    def __init__(self, host: str, *, limit: int, request_seconds: float) -> None:
        self._holder = uuid.uuid4().hex
        self._keys = [f"checkin:slots:{host}:{part}" for part in ("until", "held", "wanted")]
        self._limit = limit
        self._request_seconds = request_seconds
        self._in_use = self._granted = self._asked = self._peak = 0
        self._ends_at = float("-inf")
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._news = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._is_closing = False

    async def acquire(self) -> None:
        """Wait for a slot. Raises LimitUnknown while Redis is down, LimitReached after LONGEST_WAIT_SECONDS."""
        if self._is_free() and not self._waiters:
            self._take()
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._note_demand()
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await waiter
        except BaseException as error:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self.release()  # it was given, and we were cancelled at the same moment
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            if isinstance(error, TimeoutError):
                raise LimitReached(
                    f"Other requests were under way for {LONGEST_WAIT_SECONDS:.0f} seconds (CHECKIN_CONCURRENCY)."
                ) from None
            raise

    def release(self) -> None:
        """Give a slot back: to who waits here, or later to other processes."""
        self._in_use -= 1
        self._hand_out()

    async def close(self) -> None:
        """Give all back at once. Nothing may be under way any more."""
        self._is_closing = True
        self._news.set()
        if self._keeper is not None:
            await self._keeper

    def _is_free(self) -> bool:
        return self._in_use < self._granted and time.monotonic() + self._request_seconds <= self._ends_at

    def _take(self) -> None:
        self._in_use += 1
        self._peak = max(self._peak, self._in_use)

    def _hand_out(self) -> None:
        while self._waiters and self._is_free():
            waiter = self._waiters.popleft()
            if not waiter.done():
                self._take()
                waiter.set_result(None)

    def _note_demand(self) -> None:
        """See to it that Redis is asked for more, if more may help."""
        self._peak = max(self._peak, self._in_use + len(self._waiters))
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep())
        elif min(self._peak, self._limit) > self._asked:
            self._news.set()

    async def _keep(self) -> None:
        """Ask for what is wanted, again and again, until nothing has been wanted for a moment."""
        try:
            while True:
                is_contested = await self._ask()
                if not self._asked and not self._waiters:
                    return
                self._hand_out()
                pause_seconds = EAGER_SECONDS if is_contested or self._waiters else CALM_SECONDS
                try:
                    async with asyncio.timeout(pause_seconds):
                        await self._news.wait()
                except TimeoutError:
                    pass
                self._news.clear()
        finally:
            self._keeper = None

    async def _ask(self) -> bool:
        """Tell Redis how we stand. Returns whether others wait for slots."""
        used = self._in_use
        wanted = used if self._is_closing else min(self._peak, self._limit)
        self._peak, self._asked = used + len(self._waiters), wanted
        # Until the answer is there, what we hold may be as little as what is in use.
        self._granted = min(self._granted, used)
        asked_at = time.monotonic()
        hold_seconds = self._request_seconds + SPARE_SECONDS
        arguments: list[str | int] = [self._holder, self._limit, used, wanted, int(hold_seconds * 1000)]
        try:
            answer = await asyncio.to_thread(_script(), keys=self._keys, args=arguments)
        except RedisError as error:
            self._granted = 0
            logger.warning("checkin_slots_unknown", error=type(error).__name__)
            self._fail_waiters()
            return False
        granted, is_contested = cast("list[int]", answer)
        self._granted, self._ends_at = granted, asked_at + hold_seconds
        return bool(is_contested)

    def _fail_waiters(self) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(LimitUnknown("Redis does not answer, so the upstream's limit cannot be kept."))


@cache
def _script() -> Script:
    return client().register_script(Path(__file__).with_name("slots.lua").read_text())
