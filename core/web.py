"""`python -m core.web config.wsgi:application --port 8000`: the web server, which says goodbye before it leaves.

`python -m core.web config.asgi:application --interface asgi --port 8001` is the server of live events.

Granian's own command stops its workers the moment it gets SIGTERM, and they stop listening. Here SIGTERM first turns
`/readyz` to 503, for `--drain-seconds`, while requests are still served; then the workers finish what they have.
A second SIGTERM, or SIGINT, stops at once. Also gives the workers a directory to add up their metrics in.
"""

import os
import resource
import signal
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from threading import Timer

from granian.constants import Interfaces, Loops
from granian.server import Server

from core.health import draining


def main() -> None:
    """Serve until told to stop."""
    arguments = _arguments()
    # Each connection is an open file, and the usual soft limit is for programs that cannot have many.
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))
    with tempfile.TemporaryDirectory(prefix="switchboard-web-") as directory:
        # Read by prometheus_client when the workers import it; this process must not.
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", directory)
        os.environ[draining.VARIABLE] = str(Path(directory) / "draining")
        server = Server(
            arguments.application,
            interface=Interfaces(arguments.interface),
            loop=Loops.asyncio,
            address=arguments.host,
            port=arguments.port,
            workers=arguments.workers,
            blocking_threads=arguments.threads if arguments.interface == Interfaces.WSGI else None,
            backpressure=arguments.connections,
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=arguments.kill_seconds,
        )
        os.register_at_fork(after_in_child=_be_killable)
        # A start-up hook runs after the server has set its own handlers.
        server.on_startup(lambda: _drain_first(server.signal_handler_interrupt, seconds=arguments.drain_seconds))
        server.serve()


def _be_killable() -> None:
    """Let signals end a worker that is still loading the application.

    Until it sets its own handlers a forked worker has its parent's, which would swallow the parent's order to stop.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def _drain_first(stop: Callable[[], None], *, seconds: float) -> None:
    """Have SIGTERM announce the end and call `stop` after `seconds`; a second one, or SIGINT, calls it at once."""

    def stop_at_once(*_: object) -> None:
        draining.announce()  # streams would not end by themselves
        stop()

    def drain(*_: object) -> None:
        signal.signal(signal.SIGTERM, stop_at_once)
        draining.announce()
        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, drain)
    signal.signal(signal.SIGINT, stop_at_once)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m core.web", description="Serve a WSGI or ASGI application.")
    parser.add_argument("application", help="module:name")
    parser.add_argument("--interface", choices=[Interfaces.WSGI.value, Interfaces.ASGI.value], default="wsgi")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=8, help="requests that each process works on at once (WSGI)")
    parser.add_argument("--connections", type=int, help="that each process holds at most")
    parser.add_argument("--drain-seconds", type=float, default=0, help="between SIGTERM and the end of listening")
    parser.add_argument("--kill-seconds", type=int, default=20, help="for what is still being worked on")
    return parser.parse_args()


if __name__ == "__main__":
    main()
