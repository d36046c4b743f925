"""Refreshing sessions at the upstream's page.

aiohttp, because httpx costs thirty times as much for fifty requests at once: see docs/decisions/0012.
"""

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

import structlog
from django.conf import settings

from checkin.errors import LimitReached, LimitUnknown
from checkin.upstream.answers import Answer, Verdict, not_tried
from checkin.upstream.breaking import breaker_of
from checkin.upstream.page import PageKind, read_page
from checkin.upstream.places import place_at
from checkin.upstream.requesting import Trouble, connected, headers_of, read_body
from checkin.upstream.slots import LONGEST_WAIT_SECONDS, Slots
from checkin.upstream.tokens import is_sendable

# A page of this size is read in a thread: it may take longer than others want to wait.
LARGE_BYTES: Final = 1 << 16

OTHER_USER: Final = "The page is another user's: log in again."
UNSENDABLE: Final = (
    "There is no token that can be sent: it is missing, has characters that no cookie has, or none of ENCRYPTION_KEYS"
    " opens it."
)

Keep = Callable[[str], Awaitable[None]]
logger = structlog.get_logger(__name__)


class PageClient:
    """Refreshes sessions at CHECKIN_URL; an asynchronous context manager for use in one event loop.

    Raises UpstreamRefused when CHECKIN_URL is empty.
    """

    def __init__(self) -> None:
        self._place = place_at(settings.CHECKIN_URL, setting="CHECKIN_URL")
        self._seconds = float(settings.CHECKIN_TIMEOUT_SECONDS)
        self._breaker = breaker_of(self._place.host)

    @staticmethod
    def longest_seconds() -> float:
        """How long a refresh takes at most, without what `keep` takes: to wait for a slot, and to be answered."""
        return LONGEST_WAIT_SECONDS + float(settings.CHECKIN_TIMEOUT_SECONDS)

    async def __aenter__(self) -> Self:
        self._slots = Slots(self._place.host, limit=settings.CHECKIN_CONCURRENCY, request_seconds=self._seconds)
        self._http = connected(connections=settings.CHECKIN_CONCURRENCY)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._http.close()
        await self._slots.close()

    async def refresh(self, *, email: str, token: str, keep: Keep) -> Answer:
        """Refresh one session with its token.

        `keep` is awaited with the new token as soon as the headers of the answer bring one, before anything else
        happens, and to its end even if we are cancelled or the time is over; what it raises is raised. Nothing else
        is: whatever the network and the upstream do is in the answer.
        """
        if not is_sendable(token):
            return Answer(verdict=Verdict.FAILED, error=UNSENDABLE)
        if (wait_seconds := self._breaker.wait_seconds) is not None:
            return self._left_alone(wait_seconds)
        try:
            await self._slots.acquire()
        except (LimitUnknown, LimitReached) as error:
            return not_tried(error.message)
        try:
            return await self._refresh(email, token, keep)
        finally:
            self._slots.release()

    async def _refresh(self, email: str, token: str, keep: Keep) -> Answer:
        if (begun := self._breaker.begin()) is None:
            return self._left_alone(self._breaker.wait_seconds)
        try:
            answer = await self._answer(email, token, keep)
            if answer.is_upstreams_fault:
                self._breaker.failed(begun, wait_seconds=answer.wait_seconds)
            else:
                self._breaker.succeeded(begun)
            return answer
        finally:
            self._breaker.forget(begun)

    async def _answer(self, email: str, token: str, keep: Keep) -> Answer:
        """One request. The time that `keep` takes is not counted."""
        new_token: str | None = None
        try:
            async with headers_of(self._http, self._place, token, seconds=self._seconds) as begun:
                new_token = begun.new_token
                if new_token is not None:
                    await to_its_end(keep(new_token))
                body = await read_body(begun)
        except Trouble as trouble:
            return Answer(
                verdict=Verdict.FAILED,
                new_token=new_token,
                error=f"{self._place.host} {trouble}.",
                wait_seconds=trouble.wait_seconds,
                is_upstreams_fault=True,
            )
        if len(body) > LARGE_BYTES:
            kind = await asyncio.to_thread(read_page, body, email=email, charset=begun.charset)
        else:
            kind = read_page(body, email=email, charset=begun.charset)
        return self._judge(kind, new_token)

    def _judge(self, kind: PageKind, new_token: str | None) -> Answer:
        host = self._place.host
        match kind:
            case PageKind.CHECKED_IN if new_token is not None:
                return Answer(verdict=Verdict.NORMAL, new_token=new_token)
            case PageKind.LOGIN_NEEDED:
                return Answer(
                    verdict=Verdict.EXPIRED, new_token=new_token, error="The session has expired: log in again."
                )
            case PageKind.OTHER_USER:
                return Answer(verdict=Verdict.FAILED, new_token=new_token, error=OTHER_USER)
            case PageKind.CHECKED_IN:
                problem = "showed the user's page, and sent no new token with it"
            case PageKind.UNKNOWN:
                problem = "sent a page that we do not know"
        return Answer(verdict=Verdict.FAILED, new_token=new_token, error=f"{host} {problem}.", is_upstreams_fault=True)

    def _left_alone(self, wait_seconds: float | None) -> Answer:
        return not_tried(
            f"{self._place.host} failed several times in a row and is left alone for a while.",
            wait_seconds=wait_seconds,
            is_upstreams_fault=True,
        )


async def to_its_end(work: Awaitable[None]) -> None:
    """Await the work, and go on with it even if we are cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                logger.warning("checkin_cancelled_while_keeping")
        raise
