"""What a killed run left behind is ended by the next one, and nothing else is."""

import pytest

from devstack import leftovers
from tests.devstack.conftest import eventually, is_gone

SLEEP = "import time; time.sleep(600)"
FAMILY = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', '{0}'], env={{}}).pid); {0}"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"


@pytest.fixture(autouse=True)
def _short_of_patience(monkeypatch):
    monkeypatch.setattr(leftovers, "PATIENCE_SECONDS", 0.3)


def test_processes_of_this_stack_end_with_their_children(start, tmp_path):
    process = start(FAMILY.format(SLEEP))
    eventually(lambda: process.program.log.stat().st_size)
    child = int(process.program.log.read_text())
    assert leftovers.sweep(tmp_path) == 2
    assert is_gone(process.pid)
    assert is_gone(child)
    assert leftovers.sweep(tmp_path) == 0


def test_one_that_does_not_listen_is_killed(start, tmp_path):
    process = start(DEAF)
    eventually(lambda: process.program.log.stat().st_size)
    assert leftovers.sweep(tmp_path) == 1
    assert is_gone(process.pid)


def test_processes_of_another_stack_go_on(start, tmp_path):
    process = start(SLEEP)
    assert leftovers.sweep(tmp_path / "another") == 0
    assert process.exit_code is None
