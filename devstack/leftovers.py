"""What a run that was killed left behind."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from devstack.processes import MARKER

PATIENCE_SECONDS = 5.0


def sweep(data: Path) -> int:
    """End every process that belongs to the stack in `data`, children included; return how many there were.

    Call it while holding the stack's lock. They are asked to stop first, since a server then needs no crash
    recovery.
    """
    found = list(_processes(data))
    family = {child for process in found for child in _children(process)} | set(found)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(list(family), timeout=PATIENCE_SECONDS)
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)
    return len(family)


def _processes(data: Path) -> Iterator[psutil.Process]:
    """Those that carry the stack's marker in the environment they were started with."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # not ours to look into, or gone meanwhile
            if process.pid not in mine and process.environ().get(MARKER) == str(data):
                yield process


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
