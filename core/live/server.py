"""The `live` process: an ASGI application that answers the few paths of its table of contents, one of them for long."""

import asyncio
from collections.abc import MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from core.live.door import Door, head_of
from core.live.housekeeping import Housekeeping
from core.live.hub import Hub
from core.live.stream import EventStream
from core.live.streaming import Receive, Send, keep_open

THREADS: Final = 8


class LiveApplication:
    """What granian calls, once per request. `urlconf` names the table of contents."""

    def __init__(self, urlconf: str) -> None:
        self._door = Door(urlconf)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="door")
        self._hub = Hub()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """The protocol of ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._door.answer, scope)
        if isinstance(answer, EventStream):
            await keep_open(answer, self._hub, receive, send, client=scope["client"])
        else:
            await send(head_of(answer))
            await send({"type": "http.response.body", "body": answer.content, "more_body": False})

    async def _live(self, receive: Receive, send: Send) -> None:
        """From the start of the process to its end."""
        await receive()
        async with Housekeeping(self._hub):
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})
