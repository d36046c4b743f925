"""Watches child processes, starts those again that end, and stops them all."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from devstack.processes import ChildProcess

RESTARTS = 3
WITHIN_SECONDS = 60.0
PAUSE_SECONDS = 1.0
WATCH_SECONDS = 0.2
STOP_SECONDS = 4.0


@dataclass
class Watched:
    """A running child and how to start it again."""

    launch: Callable[[], ChildProcess]
    process: ChildProcess
    restarts: deque[float] = field(default_factory=lambda: deque(maxlen=RESTARTS))


class Supervisor:
    """Keeps children running.

    They are stopped in groups, the last one added first, so that clients go before their servers.
    """

    def __init__(self, *, report: Callable[[str], None]) -> None:
        self._report = report
        self._groups: list[list[Watched]] = []

    def add(self, launches: list[Callable[[], ChildProcess]]) -> list[ChildProcess]:
        """Start a group of children at once and watch them from now on."""
        group: list[Watched] = []
        self._groups.append(group)
        for launch in launches:
            group.append(Watched(launch, launch()))  # noqa: PERF401 (each is watched before the next one starts)
        return [watched.process for watched in group]

    def check(self) -> None:
        """Raise ProcessDied if any child ended."""
        for group in self._groups:
            for watched in group:
                watched.process.raise_if_dead()

    def watch(self) -> None:
        """Start again what ends, for ever. Raises ProcessDied when a child keeps ending."""
        while True:
            for group in self._groups:
                for watched in group:
                    if watched.process.exit_code is not None:
                        self._restart(watched)
            time.sleep(WATCH_SECONDS)

    def _restart(self, watched: Watched) -> None:
        process, now = watched.process, time.monotonic()
        process.kill()  # what it started may still hold its port
        if len(watched.restarts) == RESTARTS and now - watched.restarts[0] < WITHIN_SECONDS:
            process.raise_if_dead()
        watched.restarts.append(now)
        self._report(f"{process.name} ended with exit code {process.exit_code}; starting it again")
        time.sleep(PAUSE_SECONDS)
        watched.process = watched.launch()

    def stop(self) -> None:
        """Stop all, by force after a few seconds."""
        for group in reversed(self._groups):
            for watched in group:
                watched.process.ask_to_stop()
            deadline = time.monotonic() + STOP_SECONDS
            for watched in group:
                watched.process.wait_stopped(seconds=max(0.0, deadline - time.monotonic()))
