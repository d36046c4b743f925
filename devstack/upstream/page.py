"""`GET /selfregistration`: a good token is rotated, and whatever was asked for goes wrong."""

import asyncio
import time
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache
from typing import Final

from devstack.upstream import pages
from devstack.upstream.connection import Connection, Request
from devstack.upstream.faults import ROTATING, PageFault
from devstack.upstream.world import User, World, new_token

COOKIE: Final = "prestostudent_session"
LIFETIME_SECONDS: Final = 7200


def serve_page(world: World, connection: Connection, request: Request) -> None:
    """Answer after the latency."""
    token = token_in(request.headers.get("cookie", ""))
    user = world.owners.get(token)
    world.begin(user)
    world.user_agents.add(request.headers.get("user-agent", ""))
    connection.on_end(lambda: world.end(user))
    fault = world.fault_for(user) if user is not None and user.token == token else None
    if fault is not None:
        world.faults[fault] += 1
    if fault is PageFault.HANG:
        return
    seconds = world.latency_seconds + (world.slow_seconds if fault is PageFault.SLOW else 0)
    due(seconds, lambda: _answer(world, connection, user, token, fault))


def due(seconds: float, call: Callable[[], None]) -> None:
    """Call after so many seconds."""
    if seconds:
        asyncio.get_running_loop().call_later(seconds, call)
    else:
        call()


def token_in(cookies: str) -> str:
    """The session's token in a Cookie header; empty without one."""
    for pair in cookies.split(";"):
        name, _, value = pair.partition("=")
        if name.strip() == COOKIE:
            return value.strip()
    return ""


def _answer(world: World, connection: Connection, user: User | None, token: str, fault: PageFault | None) -> None:
    if not connection.is_open:
        return
    if fault is PageFault.EXPIRED and user is not None:
        user.token = None
    if user is None or user.token != token:
        connection.send(200, pages.LOGIN, *cookies(new_token()))
    elif fault is None or fault is PageFault.SLOW:
        user.refreshed += 1
        connection.send(200, pages.check_in(user.email), *cookies(world.rotate(user)))
    else:
        _go_wrong(world, connection, user, fault)


def _go_wrong(world: World, connection: Connection, user: User, fault: PageFault) -> None:  # noqa: PLR0912 -- a table of cases
    headers = cookies(world.rotate(user)) if fault in ROTATING else ()
    page = pages.check_in(user.email)
    match fault:
        case PageFault.TOO_MANY:
            after = () if world.retry_after is None else (f"Retry-After: {world.retry_after}",)
            connection.send(429, pages.TOO_MANY, *after)
        case PageFault.ERROR | PageFault.ERROR_ROTATED:
            connection.send(500, pages.ERROR, *headers)
        case PageFault.ERROR_ANONYMOUS:
            connection.send(500, pages.ERROR, *cookies(new_token()))
        case PageFault.HANG_BODY:
            connection.begin_body(page, *headers, sent_bytes=200)
        case PageFault.DROP | PageFault.DROP_ROTATED:
            connection.drop()
        case PageFault.HALF:
            connection.begin_body(page, *headers, sent_bytes=len(page) // 2)
            connection.drop()
        case PageFault.GARBAGE:
            connection.send(200, pages.GARBAGE)
        case PageFault.WRONG_EMAIL:
            connection.send(200, pages.check_in(f"not.{user.email}"), *headers)
        case PageFault.NO_TITLE:
            connection.send(200, pages.check_in(user.email, titled=False), *headers)
        case PageFault.NO_COOKIE:
            connection.send(200, page)
        case PageFault.HUGE:
            connection.send(200, page + pages.HUGE_FILLING, *headers)
        case PageFault.REDIRECT:
            connection.send(302, b"", "Location: https://elsewhere.invalid/login")
        case _:
            raise AssertionError(fault)


def cookies(token: str) -> tuple[str, str]:
    """The two cookies that Laravel sends with every page."""
    return (
        f"Set-Cookie: XSRF-TOKEN=eyJpdiI6InhzcmYifQ%3D%3D; {_attributes(int(time.time()))}; samesite=lax",
        f"Set-Cookie: {COOKIE}={token}; {_attributes(int(time.time()))}; httponly; samesite=lax",
    )


@lru_cache(maxsize=1)
def _attributes(now: int) -> str:
    return f"expires={formatdate(now + LIFETIME_SECONDS, usegmt=True)}; Max-Age={LIFETIME_SECONDS}; path=/"
