"""A copy of this checkout, and what a person at its terminals does."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil

from demo.data import CLIENTS
from devstack.ports import free_port
from devstack.processes import MARKER
from devstack.up import PASSED_ON
from tests.devstack.conftest import eventually
from trackimmo.selectors.eligibility import today_in_paris

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "tests", "benchmarks", "docs", "static_collected")
READY_SECONDS = 90
SEND_DAY = re.compile(r'(?P<before>"(?:decouverte|pro|entreprise)", \d+, )\d+(?P<after>[,)])')


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
        self._put_off_reports()

    def _put_off_reports(self) -> None:
        """Make the demonstration's clients due in two weeks: whether a daily run writes to them depends on the date."""
        day = (today_in_paris() + timedelta(days=14)).day
        data = self.directory / "demo" / "data.py"
        text, number = SEND_DAY.subn(rf"\g<before>{day}\g<after>", data.read_text())
        assert number == len(CLIENTS)
        data.write_text(text)

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
