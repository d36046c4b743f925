"""One supervisor per checkout."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from devstack.errors import AlreadyRunning
from devstack.lock import NAME, RunLock

ROOT = Path(__file__).resolve().parents[2]
URL = "http://127.0.0.1:8000"


def test_a_second_one_is_told_who_runs_and_where(tmp_path):
    with RunLock(tmp_path, url=URL), pytest.raises(AlreadyRunning) as refusal:
        RunLock(tmp_path, url="http://127.0.0.1:9999").__enter__()
    assert str(refusal.value) == (
        f"Switchboard runs already in this checkout: {URL} (process {os.getpid()}). "
        f"Stop it with Ctrl-C or: kill {os.getpid()}"
    )


def test_the_refused_one_changes_nothing(tmp_path):
    with RunLock(tmp_path, url=URL):
        before = (tmp_path / NAME).read_text()
        with pytest.raises(AlreadyRunning):
            RunLock(tmp_path, url="http://127.0.0.1:9999").__enter__()
        assert (tmp_path / NAME).read_text() == before
        assert json.loads(before) == {"pid": os.getpid(), "url": URL, "stopping": False}


def test_one_that_is_stopping_is_waited_for(tmp_path):
    first = RunLock(tmp_path, url=URL).__enter__()
    first.stopping()
    threading.Timer(0.3, first.__exit__, [None, None, None]).start()
    with RunLock(tmp_path, url=URL):
        assert json.loads((tmp_path / NAME).read_text())["stopping"] is False


def test_a_killed_holder_holds_nothing(tmp_path):
    source = (
        "import pathlib, sys, time; from devstack.lock import RunLock\n"
        "with RunLock(pathlib.Path(sys.argv[1]), url=''): print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", source, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(AlreadyRunning, match=f"kill {holder.pid}$"):
            RunLock(tmp_path, url=URL).__enter__()
        holder.send_signal(signal.SIGKILL)
    with RunLock(tmp_path, url=URL):
        assert json.loads((tmp_path / NAME).read_text())["pid"] == os.getpid()
