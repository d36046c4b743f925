"""What goes on beside the streams, as long as the process lives."""

import asyncio
import os
import signal
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import structlog
from django.db import connection

from core import gate
from core.actor import Actor
from core.health import draining
from core.live.hub import Hub
from core.live.subscription import Subscription
from core.live.watcher import Ending

logger = structlog.get_logger(__name__)

CONFIRM_SECONDS: Final = 2.0
BEAT_SECONDS: Final = 1.0
LOOK_SECONDS: Final = 0.25
SUBSCRIBE_SECONDS: Final = 2.0


class Housekeeping:
    """Runs while its block does: events come in, callers are confirmed again, streams are kept alive and ended."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        # One thread of its own: requests that hang must not keep a caller in who was thrown out.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="confirm")
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        subscription = Subscription(self._hub)
        self._begin(subscription.follow())
        self._begin(self._confirm())
        self._begin(_every(BEAT_SECONDS, self._hub.keep_alive))
        self._begin(_every(LOOK_SECONDS, self._look))
        with suppress(TimeoutError):  # without Redis the streams are open all the same, and told when it is back
            await asyncio.wait_for(subscription.is_on.wait(), SUBSCRIBE_SECONDS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._hub.end_all(Ending.STOPPING)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._thread.shutdown()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        task.add_done_callback(_must_not_end)
        self._tasks.append(task)

    async def _confirm(self) -> None:
        """End the streams of callers who would be refused by now, or as somebody else: with another role, say."""
        while True:
            await asyncio.sleep(CONFIRM_SECONDS)
            watchers = list(self._hub)
            callers = [watcher.stream.credentials for watcher in watchers]
            actors = await asyncio.get_running_loop().run_in_executor(self._thread, _admit_again, callers)
            for watcher, actor in zip(watchers, actors, strict=True):
                if actor != watcher.stream.actor:
                    watcher.end(Ending.CHANGED if actor else Ending.REFUSED)

    def _look(self) -> None:
        if draining.is_draining():
            self._hub.end_all(Ending.STOPPING)


def _admit_again(callers: Sequence[gate.Credentials]) -> list[Actor | None]:
    try:
        return gate.admit_again(callers)
    finally:
        connection.close()


async def _every(seconds: float, act: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(seconds)
        act()


def _must_not_end(task: "asyncio.Task[None]") -> None:
    """Streams without their housekeeping would go on for whoever was thrown out: rather start the process anew."""
    if not task.cancelled():
        logger.critical("live_housekeeping_failed", exc_info=task.exception())
        os.kill(os.getpid(), signal.SIGTERM)
