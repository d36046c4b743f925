"""`make up` itself, in a copy of this checkout, with the virtual environment that runs the tests."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from dotenv import dotenv_values

from devstack.ports import free_port
from devstack.processes import MARKER
from devstack.up import PASSED_ON
from tests.devstack.conftest import eventually

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "tests", "benchmarks", "docs", "static_collected")
READY_SECONDS, STOP_SECONDS = 90, 10
pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


class Checkout:
    """A copy of the product's files, and what a person at its terminals does."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        foreign = {*PASSED_ON, MARKER, "MAKELEVEL", "MAKEFLAGS", "MFLAGS", "DEBUG", "DJANGO_SETTINGS_MODULE"}
        self.environment = {name: value for name, value in os.environ.items() if name not in foreign}
        self.environment |= {"PORT": str(self.port), "VENV": sys.prefix}
        self._terminals: list[subprocess.Popen[str]] = []
        shutil.copytree(ROOT, directory, ignore=LEFT_OUT)

    def make(self, *arguments: str) -> subprocess.Popen[str]:
        """Type `make …` in a new terminal; its output goes to a file `terminal-<number>`."""
        with self._output(len(self._terminals)).open("w") as output:
            terminal = subprocess.Popen(
                ["make", *arguments],
                cwd=self.directory,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                text=True,
            )
        self._terminals.append(terminal)
        return terminal

    def output_of(self, terminal: subprocess.Popen[str]) -> str:
        """What that terminal shows."""
        return self._output(self._terminals.index(terminal)).read_text()

    def _output(self, number: int) -> Path:
        return self.directory / f"terminal-{number}"

    def up(self) -> subprocess.Popen[str]:
        """`make up`, waited for."""
        terminal = self.make("up")
        eventually(
            lambda: "Ctrl-C stops everything." in self.output_of(terminal) or terminal.poll() is not None,
            seconds=READY_SECONDS,
        )
        assert terminal.poll() is None, self.output_of(terminal)
        return terminal

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this checkout."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.environ().get(MARKER) == str(self.directory / ".data"):
                    found.append(process)
        return found

    def clean_up(self) -> None:
        """End what a failed test left."""
        for terminal in self._terminals:
            with suppress(ProcessLookupError):
                os.killpg(terminal.pid, signal.SIGKILL)
            terminal.wait()
        for process in self.processes():
            process.kill()


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A checkout of this test's own."""
    copy = Checkout(tmp_path / "switchboard")
    yield copy
    copy.clean_up()


def test_a_run_is_alone_survives_being_killed_and_stops_in_good_order(checkout):
    first = checkout.up()
    shown = checkout.output_of(first)
    assert re.search(r"^Switchboard is ready in \d+\.\d s$", shown, re.MULTILINE)
    for text in (checkout.url, f"{checkout.url}/swagger/", "admin@demo.test", "demo-api-key", "demo-admin-key"):
        assert text in shown
    assert answer(f"{checkout.url}/readyz") == 200
    stack = dotenv_values(checkout.directory / ".data" / "stack.env")
    with psycopg.connect(stack["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    second = checkout.make("up")
    assert second.wait(20) != 0
    holder = int(re.search(r"\(process (\d+)\)", checkout.output_of(second))[1])
    assert f"Switchboard runs already in this checkout: {checkout.url} (process {holder})" in checkout.output_of(second)
    assert checkout.make("reset").wait(20) != 0
    assert answer(f"{checkout.url}/readyz") == 200
    assert manage(checkout, "migrate", "--check") == 0

    os.kill(holder, signal.SIGKILL)
    first.wait(20)
    again = checkout.up()
    assert answer(f"{checkout.url}/readyz") == 200
    stack = dotenv_values(checkout.directory / ".data" / "stack.env")
    with psycopg.connect(stack["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)

    asked = time.monotonic()
    again.send_signal(signal.SIGTERM)
    again.wait(STOP_SECONDS)
    eventually(lambda: checkout.processes() == [], seconds=STOP_SECONDS - (time.monotonic() - asked))
    assert not (checkout.directory / ".data" / "stack.env").exists()

    assert checkout.make("reset").wait(20) == 0
    assert not (checkout.directory / ".data").exists()


def test_a_taken_port_is_named_before_anything_starts(checkout):
    with socket.create_server(("127.0.0.1", checkout.port)):
        refused = checkout.make("up")
        assert refused.wait(20) != 0
    assert f"Port {checkout.port} is taken." in checkout.output_of(refused)
    assert checkout.processes() == []
    assert [path.name for path in (checkout.directory / ".data").iterdir()] == ["up.lock"]


def test_a_port_that_is_none_is_refused(checkout):
    checkout.environment["PORT"] = "http"
    refused = checkout.make("up")
    assert refused.wait(20) != 0
    assert "PORT must be a number from 1 to 65535, not 'http'" in checkout.output_of(refused)
    assert not (checkout.directory / ".data").exists()


def answer(url: str) -> int:
    """The status that a GET is answered with."""
    return httpx.get(url, timeout=5).status_code


def manage(checkout: Checkout, *arguments: str) -> int:
    """The exit code of a command typed in a second terminal."""
    return checkout.make("manage", f"ARGS={' '.join(arguments)}").wait(60)
