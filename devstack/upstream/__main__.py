"""`python -m devstack.upstream PORT [STATE]`: serve on that loopback port until SIGTERM.

Users and tokens are kept in the file STATE, as the upstream's database would keep them, and in memory without it. The
API takes CHECKOUT_API_KEY.
"""

import asyncio
import gc
import json
import os
import signal
import sys
from pathlib import Path

from devstack.upstream.api import PREFIX as API
from devstack.upstream.api import serve_api
from devstack.upstream.connection import Connection, Request
from devstack.upstream.demonstration import populate
from devstack.upstream.page import serve_page
from devstack.upstream.steering import PREFIX as CONTROL
from devstack.upstream.steering import serve_control
from devstack.upstream.world import World

DEVELOPMENT_KEY = "demo-checkout-key"
SAVE_SECONDS = 1.0


async def serve(port: int, state: Path | None) -> None:
    """Serve until a signal comes."""
    world = World()
    if state is not None and state.exists():
        world.restore(json.loads(state.read_text()))
    else:
        populate(world)
    key = os.environ.get("CHECKOUT_API_KEY") or DEVELOPMENT_KEY

    def route(connection: Connection, request: Request) -> None:
        if request.path.startswith(CONTROL):
            serve_control(world, connection, request)
        elif request.path.startswith(API):
            serve_api(world, connection, request, key=key)
        elif request.method == "GET" and request.path.partition("?")[0] == "/selfregistration":
            serve_page(world, connection, request)
        elif request.path == "/":
            connection.send_json({"process": os.getpid()})
        else:
            connection.send(404, b"<h1>404 | Not Found</h1>")

    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    await loop.create_server(lambda: Connection(route), "127.0.0.1", port, backlog=1024)
    while not stopped.is_set():
        try:
            async with asyncio.timeout(SAVE_SECONDS if state else None):
                await stopped.wait()
        except TimeoutError:
            pass
        if state is not None and world.has_changed:
            save(world, state)


def save(world: World, state: Path) -> None:
    """Write the state in one step."""
    world.has_changed = False
    partial = state.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(world.state()))
    partial.replace(state)


if __name__ == "__main__":
    gc.freeze()
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None))
