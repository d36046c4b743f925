"""A stream from its head to its end."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import structlog

from core.live.cutting import cut_off
from core.live.door import head_of
from core.live.hub import Hub
from core.live.places import places
from core.live.stream import EventStream
from core.live.watcher import Ending, Send, Watcher

__all__ = ["Receive", "Send", "keep_open"]

logger = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

LAST_WORDS_SECONDS: Final = 0.5
CUT_OFF_SECONDS: Final = 5.0


async def keep_open(stream: EventStream, hub: Hub, receive: Receive, send: Send, *, client: object) -> None:
    """Send what the caller is to hear until he leaves, does not keep up, is refused, or the process stops."""
    began = time.monotonic()
    watcher = Watcher(stream)
    # Before the first byte: whoever has the head of the answer misses nothing from then on.
    hub.add(watcher)
    leaving = asyncio.ensure_future(_left(receive))
    leaving.add_done_callback(lambda _: watcher.end(Ending.LEFT))
    writing = asyncio.ensure_future(_write(watcher, send))
    writing.add_done_callback(lambda _: watcher.end(Ending.LEFT))
    try:
        reason = await watcher.ended
        hub.remove(watcher)
        is_cut_off = reason is Ending.SLOW and cut_off(client)
        failure = writing.exception() if writing.done() else None
        logger.info(
            "live_stream_ended",
            request_id=stream.request_id,
            caller=stream.actor.pk,
            reason=reason.value,
            events=watcher.events,
            seconds=round(time.monotonic() - began, 1),
            **({"error": repr(failure)} if failure else {}),
        )
        await asyncio.wait({writing}, timeout=LAST_WORDS_SECONDS)
        if not writing.done() and (is_cut_off or cut_off(client)):
            await asyncio.wait({leaving}, timeout=CUT_OFF_SECONDS)
    finally:
        writing.cancel()
        leaving.cancel()
        places.give_back(stream.caller)


async def _left(receive: Receive) -> None:
    """Wait until the caller is gone. What he sends is of no interest."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _write(watcher: Watcher, send: Send) -> None:
    await send(head_of(watcher.stream))
    await watcher.write(send)
    if watcher.ended.result() is not Ending.LEFT:
        await send({"type": "http.response.body", "body": b"", "more_body": False})
