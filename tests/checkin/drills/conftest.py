"""Processes that refresh the test's sessions, and can be killed."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.processes import ROOT, environment_of_this_test

LIMIT = 20
TIMEOUT_SECONDS = 2


class Refresher:
    """One of the processes."""

    def __init__(self, organization_id: object, environment: dict[str, str], log: Any) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.checkin.drills.process", str(organization_id)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def hear(self) -> Any:
        """What it says next."""
        line = self._process.stdout.readline()
        assert line, "the process has ended"
        return json.loads(line)

    def begin(self) -> None:
        """Have it refresh all."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once, whatever it does."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def start_refreshers(upstream, settings, transactional_db, in_scope, tmp_path):
    """Start so many processes, and wait until they are ready."""
    started: list[Refresher] = []
    settings.CHECKIN_TIMEOUT_SECONDS = TIMEOUT_SECONDS
    environment = {
        **environment_of_this_test(settings),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CHECKIN_CONCURRENCY": str(LIMIT),
        "CHECKIN_TIMEOUT_SECONDS": str(TIMEOUT_SECONDS),
    }
    log = (tmp_path / "refreshers.log").open("w")

    def start(number: int) -> list[Refresher]:
        new = [Refresher(in_scope.pk, environment, log) for _ in range(number)]
        started.extend(new)
        for refresher in new:
            assert refresher.hear() == "ready"
        return new

    yield start
    for refresher in started:
        refresher.kill()
    log.close()
