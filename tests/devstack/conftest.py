"""What tests of processes share: programs that behave as told, and waiting without sleeping a fixed time."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from devstack.processes import MARKER, ChildProcess, Program


def eventually(condition: Callable[[], object], *, seconds: float = 10) -> None:
    """Poll until `condition` holds; fail the test after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Whether no process with that number runs; one that nobody has reaped yet does not."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def python_program(tmp_path: Path) -> Callable[..., Program]:
    """A program made of Python source that belongs to a stack in `tmp_path`."""

    def make(source: str, *, name: str = "sample", stop_signal: signal.Signals = signal.SIGTERM) -> Program:
        return Program(
            name=name,
            command=[sys.executable, "-u", "-I", "-S", "-c", source],
            directory=tmp_path,
            log=tmp_path / f"{name}.log",
            environment={MARKER: str(tmp_path)},
            stop_signal=stop_signal,
        )

    return make


@pytest.fixture
def start(python_program) -> Iterator[Callable[..., ChildProcess]]:
    """Start such a program; what still runs after the test is killed."""
    started: list[ChildProcess] = []

    def run(source: str, **options: object) -> ChildProcess:
        started.append(ChildProcess(python_program(source, **options)))
        return started[-1]

    yield run
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
