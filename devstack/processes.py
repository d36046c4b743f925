"""Child processes that are watched while they live and gone when they should be."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from devstack.errors import NotReady, ProcessDied

LAUNCHER = Path(__file__).with_name("launch.py")
# Every child carries the stack's data directory under this name, so that the next run can find what a killed
# one left.
MARKER = "DEVSTACK_DATA"
POLL_SECONDS = 0.03
TAIL_LINES = 15


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run: the `command` with an absolute path, where, as whom (None: as we are), and how to stop it."""

    name: str
    command: list[str]
    directory: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    user: str | None = None


class ChildProcess:
    """One running program in a process group of its own, its output appended to its log file.

    Start it from a thread that lives as long as the program should: Linux counts the end of the starting
    thread as the death of the parent and sends the program its stop signal.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.name = program.name
        self._log_start = program.log.stat().st_size if program.log.exists() else 0
        launcher = [
            sys.executable,
            "-I",
            "-S",
            str(LAUNCHER),
            str(os.getpid()),
            str(int(program.stop_signal)),
        ]
        with program.log.open("ab") as log:
            self._popen = subprocess.Popen(
                [*launcher, program.user or "-", *program.command],
                cwd=program.directory,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        self.pid = self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._popen.poll()

    def _end_of_log(self) -> str:
        with self.program.log.open("rb") as log:
            log.seek(self._log_start)
            lines = log.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join([f"The end of {self.program.log}:", *lines])

    def raise_if_dead(self) -> None:
        """Raise ProcessDied, with the end of its log, if it ended."""
        if self.exit_code is not None:
            raise ProcessDied(f"{self.name} ended with exit code {self.exit_code}. {self._end_of_log()}")

    def wait_until(self, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """Poll `is_ready`; raise ProcessDied if the program ends first, NotReady after `seconds`."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            self.raise_if_dead()
            if time.monotonic() > deadline:
                raise NotReady(f"{self.name} is not ready after {seconds:.0f} s. {self._end_of_log()}")
            time.sleep(POLL_SECONDS)

    def ask_to_stop(self) -> None:
        """Send its stop signal and return at once."""
        if self.exit_code is None:
            self._popen.send_signal(self.program.stop_signal)

    def wait_stopped(self, *, seconds: float) -> None:
        """Wait for its end; after `seconds`, and for whatever is left of its group, SIGKILL."""
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL the whole group and wait for the program's end."""
        with suppress(ProcessLookupError, PermissionError):  # macOS says PermissionError for a group of zombies
            os.killpg(self.pid, signal.SIGKILL)
        self._popen.wait()
