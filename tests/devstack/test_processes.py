"""Child processes: ready, dead, stopped, and never left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from devstack.errors import NotReady, ProcessDied
from tests.devstack.conftest import eventually, is_gone

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import time; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(600)"
PARENT = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', '{child}']).pid); {then}"


def test_its_output_is_in_its_log_and_its_end_is_told_with_the_last_lines(start):
    process = start("print('one'); print('two'); raise SystemExit(3)")
    with pytest.raises(ProcessDied, match=r"(?s)^sample ended with exit code 3\. .*sample\.log:\none\ntwo$"):
        process.wait_until(lambda: False, seconds=10)


def test_the_log_of_an_earlier_run_is_kept_but_not_told(start):
    start("print('earlier')").wait_stopped(seconds=10)
    process = start("print('now')")
    process.wait_stopped(seconds=10)
    with pytest.raises(ProcessDied) as caught:
        process.raise_if_dead()
    assert str(caught.value).endswith("sample.log:\nnow")
    assert process.program.log.read_text() == "earlier\nnow\n"


def test_one_that_is_never_ready_is_told_with_its_log(start):
    process = start(f"print('waiting for nothing'); {SLEEP}")
    eventually(lambda: process.program.log.stat().st_size)
    with pytest.raises(NotReady, match=r"(?s)^sample is not ready after 0 s\. .*waiting for nothing$"):
        process.wait_until(lambda: False, seconds=0.1)
    assert process.exit_code is None


def test_it_is_stopped_by_its_own_signal(start):
    source = "import signal, sys, time; signal.signal(signal.SIGINT, lambda *_: sys.exit(7)); print('ready'); "
    process = start(source + "time.sleep(600)", stop_signal=signal.SIGINT)
    eventually(lambda: process.program.log.stat().st_size)
    process.ask_to_stop()
    process.wait_stopped(seconds=10)
    assert process.exit_code == 7


def test_one_that_does_not_listen_is_killed(start):
    process = start(STUBBORN)
    eventually(lambda: process.program.log.stat().st_size)
    process.ask_to_stop()
    process.wait_stopped(seconds=0.2)
    assert process.exit_code == -signal.SIGKILL


def test_what_it_started_goes_with_it(start):
    process = start(PARENT.format(child=SLEEP, then=SLEEP))
    eventually(lambda: process.program.log.stat().st_size)
    grandchild = int(process.program.log.read_text())
    process.kill()
    eventually(lambda: is_gone(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_it_is_told_when_its_parent_is_killed(tmp_path):
    supervisor = f"""
import sys, time
from pathlib import Path
from devstack.processes import ChildProcess, Program
child = ChildProcess(Program(
    name="child", command=[sys.executable, "-c", {SLEEP!r}], directory=Path("/"), log=Path({str(tmp_path)!r}) / "log"
))
print(child.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", supervisor], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        os.kill(parent.pid, signal.SIGKILL)
    eventually(lambda: is_gone(child))
