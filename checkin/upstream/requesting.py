"""One request to the page: first its headers, then its body, and its faults in words that show no token."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from checkin.upstream.places import Place
from checkin.upstream.tokens import COOKIE, new_token
from core.outgoing import Deadline, retry_after_seconds
from core.version import user_agent

PATH: Final = "/selfregistration"
MOST_BYTES: Final = 1 << 20
OK, REDIRECTS = 200, range(300, 400)
# A connection that rests for longer may be closed by the upstream in the moment in which it is used again.
KEPT_SECONDS: Final = 5.0


class Trouble(Exception):
    """What went wrong, as the end of a sentence about the host."""

    def __init__(self, problem: str, *, wait_seconds: float | None = None) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(problem)


class _Lost(aiohttp.ClientError):
    """The connection was lost after the request was sent."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An answer whose headers are there."""

    response: aiohttp.ClientResponse = field(repr=False)
    seconds_left: float
    new_token: str | None = field(repr=False)

    @property
    def charset(self) -> str | None:
        """What the headers say of the page's encoding."""
        return self.response.charset


def connected(*, connections: int) -> aiohttp.ClientSession:
    """A pool of connections that keeps no cookies: they are other users'."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=KEPT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        headers={"User-Agent": user_agent(), "Accept": "text/html", "Accept-Encoding": "identity"},
        middlewares=[_never_twice],
    )


async def _never_twice(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET again whose connection broke: the token in it may be used up by then."""
    try:
        return await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        raise _Lost from None


@asynccontextmanager
async def headers_of(http: aiohttp.ClientSession, place: Place, token: str, *, seconds: float) -> AsyncIterator[Begun]:
    """Ask for the page with this token; the block runs when the headers have come. Raises Trouble."""
    deadline = Deadline.after(seconds)
    response: aiohttp.ClientResponse | None = None
    try:
        with _in_words():
            async with asyncio.timeout(seconds):
                response = await http.get(
                    place.address + PATH, headers={"Cookie": f"{COOKIE}={token}"}, allow_redirects=False
                )
        found = new_token(response.raw_headers, host=response.url.host or "", path=response.url.path)
        yield Begun(response, deadline.remaining_seconds, found)
    finally:
        if response is not None:
            response.close()
        # The socket of a request that was cut short is closed when the loop comes round: before others may be sent.
        await asyncio.sleep(0)


async def read_body(begun: Begun) -> bytes:
    """The page. Raises Trouble if it is none, is too large, or does not come in what is left of the time."""
    response = begun.response
    if response.status != OK:
        _refuse(response)
    body = bytearray()
    with _in_words():
        async with asyncio.timeout(begun.seconds_left):
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > MOST_BYTES:
                    raise Trouble(f"sent a page of more than {MOST_BYTES >> 20} MB")
    return bytes(body)


def _refuse(response: aiohttp.ClientResponse) -> None:
    if response.status in REDIRECTS:
        raise Trouble(f"answered {response.status} and sends us to another page, where we do not go")
    raise Trouble(f"answered {response.status}", wait_seconds=retry_after_seconds(response.headers.get("Retry-After")))


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn what aiohttp raises into Trouble, without its own words: they may show headers that were sent."""
    try:
        yield
    except TimeoutError:
        raise Trouble("was not done in time") from None
    except (aiohttp.ClientConnectorError, aiohttp.InvalidURL):
        raise Trouble("cannot be reached") from None
    except aiohttp.ClientPayloadError:
        raise Trouble("sent half a page") from None
    except (_Lost, OSError):
        raise Trouble("broke the connection before it answered") from None
    except (aiohttp.ClientError, HttpProcessingError, ValueError):
        raise Trouble("answered something that is not HTTP") from None
