"""The servers of a test run itself: there before the settings are read, and gone whatever ends the run."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from tests import servers
from tests.devstack.conftest import eventually, is_gone

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = """
[pytest]
addopts = -p tests.servers -p pytest_django.plugin
DJANGO_SETTINGS_MODULE = sample_settings
"""
SETTINGS = """
import os
SECRET_KEY = "sample"
READ = {name: os.environ[name] for name in ("REDIS_URL", "CELERY_BROKER_URL", "MONGODB_DATABASE", "DATABASE_URL")}
"""
TELLING = """
import json, os, pathlib, pytest
from django.conf import settings

@pytest.mark.parametrize("number", range(20))
def test_tells(number):
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    pathlib.Path(__file__).with_name(f"{worker}.json").write_text(json.dumps(settings.READ))
"""
WAITING = """
import os, pathlib, time

def test_waits():
    pathlib.Path(__file__).with_name("waits").touch()
    time.sleep(600)
"""


@pytest.fixture
def suite(tmp_path):
    """Start pytest on a suite of one file in a directory of its own."""
    (tmp_path / "pytest.ini").write_text(CONFIGURATION)
    (tmp_path / "sample_settings.py").write_text(SETTINGS)
    started = []

    def run(tests: str, *arguments: str) -> subprocess.Popen[str]:
        (tmp_path / "test_sample.py").write_text(tests)
        # What a developer may have set must not reach the tests.
        outer = ("PYTEST_", "DJANGO_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(outer)}
        environment |= {
            "DATABASE_URL": "postgresql://production/db",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        }
        command = [
            # What a shell starts in the background is born deaf to SIGINT, and so is all that it starts itself.
            *("env", "--default-signal=INT"),
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "xdist.plugin",
            *arguments,
            "--rootdir",
            str(tmp_path),
            str(tmp_path),
        ]
        process = subprocess.Popen(
            command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()
        for directory in directories_of(process):
            shutil.rmtree(directory)


def directories_of(process: subprocess.Popen[str]) -> list[Path]:
    """The data directories of a test run's servers."""
    return list(Path(tempfile.gettempdir()).glob(f"switchboard-tests-{process.pid}-*"))


def test_each_test_process_has_databases_of_its_own_before_settings_are_read(suite, tmp_path):
    run = suite(TELLING, "-n", "2")
    output, _ = run.communicate(timeout=120)
    assert run.returncode == 0, output
    first, second = (json.loads((tmp_path / f"{worker}.json").read_text()) for worker in ("gw0", "gw1"))
    server = re.fullmatch(r"(redis://127\.0\.0\.1:\d+)/2", first["REDIS_URL"])[1]
    assert first["CELERY_BROKER_URL"] == f"{server}/3"
    assert second["REDIS_URL"] == f"{server}/4"
    assert second["CELERY_BROKER_URL"] == f"{server}/5"
    assert (first["MONGODB_DATABASE"], second["MONGODB_DATABASE"]) == ("test_gw0", "test_gw1")
    assert first["DATABASE_URL"] == second["DATABASE_URL"]
    assert first["DATABASE_URL"].startswith("postgresql://postgres@127.0.0.1:")
    assert directories_of(run) == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_no_server_outlives_a_run_that_is_cut_off(suite, tmp_path, ending):
    run = suite(WAITING)
    eventually(lambda: (tmp_path / "waits").exists() or run.poll() is not None, seconds=120)
    assert run.poll() is None, run.stdout.read()
    children = psutil.Process(run.pid).children()
    assert {"mongod", "postgres", "valkey-server"} < {server.name() for server in children}
    run.send_signal(ending)
    run.communicate(timeout=60)
    for server in children:
        eventually(lambda server=server: is_gone(server.pid))
    assert bool(directories_of(run)) == (ending != signal.SIGINT)


def test_the_next_run_removes_what_a_killed_one_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    kept = [f"switchboard-tests-{os.getpid()}-running", "somebody-elses"]
    for name in (f"switchboard-tests-{gone.pid}-killed", *kept):
        (tmp_path / name / "postgres").mkdir(parents=True)
    servers.remove_abandoned()
    assert {path.name for path in tmp_path.iterdir()} == set(kept)
