"""The supervisor: what ends is started again, a few times, and everything stops in order."""

import os
import signal
import threading
from functools import partial

import pytest

from devstack import supervisor as policy
from devstack.errors import ProcessDied
from devstack.processes import ChildProcess
from devstack.supervisor import Supervisor
from tests.devstack.conftest import eventually

SLEEP = "import time; time.sleep(600)"


class Enough(Exception):
    """Ends a watch that would last for ever."""


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(policy, "PAUSE_SECONDS", 0)


def test_a_child_that_was_killed_is_started_again(python_program, monkeypatch):
    said = []
    supervisor = Supervisor(report=said.append)
    launched = []

    def launch() -> ChildProcess:
        if len(launched) == 2:
            raise Enough
        launched.append(ChildProcess(python_program(SLEEP)))
        threading.Timer(0.1, os.kill, [launched[-1].pid, signal.SIGKILL]).start()
        return launched[-1]

    supervisor.add([launch])
    with pytest.raises(Enough):
        supervisor.watch()
    supervisor.stop()
    assert said == ["sample ended with exit code -9; starting it again"] * 2
    assert launched[0].pid != launched[1].pid


def test_a_child_that_keeps_ending_is_given_up_with_its_log(python_program):
    said = []
    supervisor = Supervisor(report=said.append)
    supervisor.add([partial(ChildProcess, python_program("print('no such table'); raise SystemExit(1)"))])
    with pytest.raises(ProcessDied, match=r"(?s)exit code 1\..*no such table$"):
        supervisor.watch()
    assert len(said) == policy.RESTARTS


def test_a_child_that_ended_while_others_start_is_told(python_program):
    supervisor = Supervisor(report=print)
    short, long = supervisor.add(
        [
            partial(ChildProcess, python_program("raise SystemExit(2)", name="short")),
            partial(ChildProcess, python_program(SLEEP, name="long")),
        ]
    )
    eventually(lambda: short.exit_code is not None)
    with pytest.raises(ProcessDied, match=r"^short ended with exit code 2"):
        supervisor.check()
    supervisor.stop()
    assert long.exit_code == -signal.SIGTERM


def test_clients_stop_before_their_servers(python_program):
    supervisor = Supervisor(report=print)
    stopped = []

    class Noted(ChildProcess):
        def wait_stopped(self, *, seconds: float) -> None:
            super().wait_stopped(seconds=seconds)
            stopped.append(self.name)

        def ask_to_stop(self) -> None:
            stopped.append(f"{self.name} is asked")
            super().ask_to_stop()

    supervisor.add([partial(Noted, python_program(SLEEP, name="server"))])
    supervisor.add([partial(Noted, python_program(SLEEP, name="client"))])
    supervisor.stop()
    assert stopped == ["client is asked", "client", "server is asked", "server"]
