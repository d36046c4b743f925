"""`python -m core.web config.wsgi:application --port 8000`: the web server, which says goodbye before it leaves.

Granian's own command stops its workers the moment it gets SIGTERM, and they stop listening. Here SIGTERM first turns
`/readyz` to 503, for `--drain-seconds`, while requests are still served; then the workers finish what they have.
A second SIGTERM, or SIGINT, stops at once. Also gives the workers a directory to add up their metrics in.
"""

import os
import signal
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from threading import Timer

from granian.constants import Interfaces
from granian.server import Server

from core.health import draining


def main() -> None:
    """Serve until told to stop."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="switchboard-web-") as directory:
        # Read by prometheus_client when the workers import it; this process must not.
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", directory)
        os.environ[draining.VARIABLE] = str(Path(directory) / "draining")
        server = Server(
            arguments.application,
            interface=Interfaces.WSGI,
            address=arguments.host,
            port=arguments.port,
            workers=arguments.workers,
            blocking_threads=arguments.threads,
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
    """Have SIGTERM announce the end and call `stop` after `seconds`; a second one calls it at once."""

    def drain(*_: object) -> None:
        signal.signal(signal.SIGTERM, lambda *_: stop())
        draining.announce()
        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()

    signal.signal(signal.SIGTERM, drain)


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m core.web", description="Serve a WSGI application.")
    parser.add_argument("application", help="module:name")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=8, help="requests that each process works on at once")
    parser.add_argument("--drain-seconds", type=float, default=0, help="between SIGTERM and the end of listening")
    parser.add_argument("--kill-seconds", type=int, default=20, help="for what is still being worked on")
    return parser.parse_args()


if __name__ == "__main__":
    main()
