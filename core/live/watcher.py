"""One open stream: what it has yet to send, and how it ends."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from enum import Enum
from typing import Any, Final

from core.live.frames import HEARTBEAT, OPENING
from core.live.messages import LiveEvent
from core.live.stream import EventStream

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# What waits is shared by all the streams of an organization; what is being sent is a copy of each stream's own.
MOST_BYTES_WAITING: Final = 8_000_000
MOST_SECONDS_WAITING: Final = 30.0
BYTES_AT_ONCE: Final = 64_000
HEARTBEAT_SECONDS: Final = 15.0


class Ending(Enum):
    """Why a stream ended. Whoever may hear other things than when he came, CHANGED, hears those when he comes again."""

    LEFT = "left"
    SLOW = "slow"
    REFUSED = "refused"
    CHANGED = "changed"
    STOPPING = "stopping"


class Watcher:
    """Lives in the event loop. `ended` holds the reason once there is one; the first counts."""

    def __init__(self, stream: EventStream) -> None:
        self.stream = stream
        self.loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[Ending] = self.loop.create_future()
        self.events = 0
        self._waiting: deque[bytes] = deque([OPENING])
        self._bytes_waiting = len(OPENING)
        self._news = asyncio.Event()
        self._news.set()
        self._last_written = self.loop.time()

    def hear(self, event: LiveEvent, frame: bytes) -> None:
        """Send an event, written as `frame`, if this stream asked for it and may hear it."""
        if self.stream.interest.includes(event.name, event.audience):
            self.events += 1
            self.put(frame)

    def put(self, frame: bytes) -> None:
        """Send something as soon as the reader takes it. The reader who does not is cut off."""
        if self.ended.done():
            return
        if self._bytes_waiting + len(frame) > MOST_BYTES_WAITING:
            self.end(Ending.SLOW)
            return
        self._waiting.append(frame)
        self._bytes_waiting += len(frame)
        self._news.set()

    def keep_alive(self) -> None:
        """Send a heartbeat if nothing was sent for so long that a proxy might take the stream for dead.

        The reader who took nothing for even longer, though something waits for him, is cut off.
        """
        silent_seconds = self.loop.time() - self._last_written
        if self._bytes_waiting and silent_seconds >= MOST_SECONDS_WAITING:
            self.end(Ending.SLOW)
        elif not self._bytes_waiting and silent_seconds >= HEARTBEAT_SECONDS:
            self.put(HEARTBEAT)

    def end(self, reason: Ending) -> None:
        """Send nothing any more."""
        if not self.ended.done():
            self._waiting.clear()
            self.ended.set_result(reason)
            self._news.set()

    async def write(self, send: Send) -> None:
        """Send what there is, until the end; each call of `send` returns when the connection has room for more."""
        while not self.ended.done():
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                body = self._next_bytes()
                await send({"type": "http.response.body", "body": body, "more_body": True})
                self._bytes_waiting -= len(body)
                self._last_written = self.loop.time()

    def _next_bytes(self) -> bytes:
        frames = [self._waiting.popleft()]
        size = len(frames[0])
        while self._waiting and size + len(self._waiting[0]) <= BYTES_AT_ONCE:
            frames.append(self._waiting.popleft())
            size += len(frames[-1])
        return b"".join(frames)
