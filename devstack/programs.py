"""The platform's own processes, as `make up` runs them."""

import sys
from collections.abc import Mapping
from pathlib import Path

from devstack.ports import LOOPBACK
from devstack.processes import MARKER, Program

CODE = Path(__file__).resolve().parent.parent
# Where the processes put temporary files, so that those of a killed one do not stay in the system's directory.
TEMPORARY = "tmp"
WEB_WORKERS = "2"
WEB_THREADS = "8"
WEB_KILL_SECONDS = "2"
LIVE_CONNECTIONS = "11000"
WORKER_PROCESSES = "2"


class Programs:
    """`prepare` runs to its end before the others start; those run until they are stopped."""

    def __init__(self, data: Path, environment: Mapping[str, str], *, port: int, live_port: int) -> None:
        self._data = data
        self._environment = environment
        self._port = str(port)
        self._live_port = str(live_port)

    def prepare(self) -> Program:
        """Migrations, Mongo's indexes and the demo data."""
        return self._program("prepare", "-m", "devstack.prepare")

    def running(self) -> list[Program]:
        """Web, live, worker and beat."""
        return [
            self._program(
                "web", "-m", "core.web", "config.wsgi:application", "--host", LOOPBACK, "--port", self._port,
                "--workers", WEB_WORKERS, "--threads", WEB_THREADS, "--kill-seconds", WEB_KILL_SECONDS,
                DATABASE_POOL="true",
            ),
            self._program(
                "live", "-m", "core.web", "config.asgi:application", "--interface", "asgi", "--host", LOOPBACK,
                "--port", self._live_port, "--workers", "1", "--connections", LIVE_CONNECTIONS,
                "--kill-seconds", WEB_KILL_SECONDS,
            ),
            self._program(
                "worker", "-m", "celery", "-A", "config", "worker", "--concurrency", WORKER_PROCESSES,
                "--loglevel", "INFO", "--without-mingle", "--without-gossip",
            ),
            self._program(
                "beat", "-m", "celery", "-A", "config", "beat", "--loglevel", "INFO", "--pidfile=",
            ),
        ]  # fmt: skip

    def _program(self, name: str, *arguments: str, **environment: str) -> Program:
        return Program(
            name=name,
            command=[sys.executable, *arguments],
            directory=CODE,
            log=self._data / "log" / f"{name}.log",
            environment={
                **self._environment,
                **environment,
                MARKER: str(self._data),
                "TMPDIR": str(self._data / TEMPORARY),
            },
        )
