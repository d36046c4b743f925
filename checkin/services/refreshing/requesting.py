"""The requests to the upstream: an event loop in a thread of its own, which never touches the database.

What is to be stored goes to the thread that began it, by an inbox: a rotated token, for which the loop waits until it
is committed, and how each refresh ended.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Final, Self

import structlog

from checkin.services.refreshing.claiming import Claim
from checkin.upstream import Answer, PageClient, Verdict

TOO_LATE: Final = "This process was held up for so long that its right to refresh the session ran out."

NOT_STORED: Final = "Nobody stores the token: the process is ending."
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Keeping:
    """A rotated token that waits to be stored. The loop is told by `Requests.tell`."""

    claim: Claim
    token: str = field(repr=False)
    stored: "asyncio.Future[None]"


@dataclass(frozen=True, slots=True)
class Answered:
    """How a refresh ended; None when its token could not be stored, so that there is nothing to write down."""

    claim: Claim
    answer: Answer | None


class Inbox:
    """What comes from the loop. Nothing is lost when whoever reads is interrupted, wherever that may be.

    A queue's `get` can return an item to a signal's exception, and then nobody has it.
    """

    def __init__(self) -> None:
        self._items: deque[Keeping | Answered] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()

    def put(self, item: Keeping | Answered) -> None:
        """Have it read."""
        self._items.append(item)
        self._bell.put(None)

    def read(self, take_in: Callable[[Keeping | Answered], None], *, seconds: float) -> bool:
        """Hand over all that has come, or what comes within so many seconds. Whether anything has.

        What `take_in` was interrupted with is handed over again.
        """
        try:
            self._bell.get(timeout=seconds)
            while True:
                self._bell.get_nowait()
        except Empty:
            has_come = bool(self._items)
        while self._items:
            take_in(self._items[0])
            self._items.popleft()
        return has_come


class Requests:
    """The thread, for as long as the block lasts. Raises UpstreamRefused when CHECKIN_URL leads nowhere."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self._started: Future[asyncio.AbstractEventLoop] = Future()
        self._over = asyncio.Event()
        self._waiting: set[asyncio.Future[None]] = set()
        context = copy_context()
        self._thread = threading.Thread(target=lambda: context.run(self._run), name="checkin-requests", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._loop = self._started.result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()

    @property
    def is_alive(self) -> bool:
        """Whether anything can come yet."""
        return self._thread.is_alive()

    def begin(self, claims: Sequence[Claim]) -> None:
        """Refresh these sessions as soon as there are slots."""
        self._loop.call_soon_threadsafe(self._begin, claims)

    def tell(self, stored: Sequence[Keeping], problem: Exception | None = None) -> None:
        """These tokens are committed; or, for the reason given, they are not."""
        self._loop.call_soon_threadsafe(_tell, [one.stored for one in stored], problem)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # raised where the thread was started
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        async with PageClient() as self._pages:
            self._started.set_result(asyncio.get_running_loop())
            await self._over.wait()
            if self._tasks:
                await asyncio.wait(self._tasks)

    def _begin(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            task = asyncio.ensure_future(self._refresh(claim))
            self._tasks.add(task)
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("checkin_refresh_broken", error=f"{type(error).__name__}: {error}")

    def _end(self) -> None:
        """Nobody listens any more. Whoever still waits for his token to be stored has waited in vain."""
        self._over.set()
        _tell(self._waiting, RuntimeError(NOT_STORED))

    async def _refresh(self, claim: Claim) -> None:
        async def keep(token: str) -> None:
            if self._over.is_set():
                raise RuntimeError(NOT_STORED)
            stored = asyncio.get_running_loop().create_future()
            self._waiting.add(stored)
            stored.add_done_callback(self._waiting.discard)
            self.inbox.put(Keeping(claim, token, stored))
            await stored

        answer: Answer | None = None
        try:
            if time.monotonic() > claim.begin_until:
                answer = Answer(verdict=Verdict.FAILED, error=TOO_LATE, was_tried=False)
            else:
                answer = await self._pages.refresh(email=claim.email, token=claim.token, keep=keep)
        finally:
            self.inbox.put(Answered(claim, answer))


def _tell(stored: Iterable[asyncio.Future[None]], problem: Exception | None) -> None:
    for one in tuple(stored):
        if one.done():
            continue
        if problem is None:
            one.set_result(None)
        else:
            one.set_exception(problem)
