"""The web servers that `bench_agents` compares: ours as `make up` runs it, and the plain site in the same way."""

import http.client
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks._profiles_servers import READY_SECONDS, running
from devstack.ports import LOOPBACK, free_port
from devstack.processes import Program
from devstack.programs import CODE, WEB_THREADS, WEB_WORKERS

SETTINGS: Final = "benchmarks.peers.agents.settings"


@contextmanager
def peer(directory: Path) -> Iterator[int]:
    """The plain site. Yields its port."""
    port = free_port()
    program = Program(
        name="peer",
        command=[
            sys.executable, "-m", "core.web", "config.wsgi:application", "--port", str(port),
            "--workers", WEB_WORKERS, "--threads", WEB_THREADS,
        ],
        directory=CODE,
        log=directory / "log" / "peer.log",
        environment={"DJANGO_SETTINGS_MODULE": SETTINGS, "DATABASE_POOL": "true"},
    )  # fmt: skip
    with running(program) as process:
        process.wait_until(lambda: _answers(port), seconds=READY_SECONDS)
        yield port


def _answers(port: int) -> bool:
    try:
        return "customers" in Caller(port).get("/")
    except OSError:
        return False


class WrongStatus(RuntimeError):
    """An answer that is no 200."""


class Caller:
    """One connection that is kept."""

    def __init__(self, port: int, token: str = "") -> None:
        self._connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Send a request and read its answer. Raises WrongStatus unless it is 200."""
        more = {"Content-Type": "application/json"} if body else {}
        self._connection.request(method, path, body, {**self._headers, **more})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise WrongStatus(f"{method} {path}: {answer.status} {content[:500]!r}")
        return content

    def get(self, path: str) -> Mapping[str, Any]:
        """What is answered to GET."""
        return dict(json.loads(self.ask("GET", path)))
