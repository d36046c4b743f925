"""The processes that `bench_profiles` compares: ours as `make up` runs them, and the other application's."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from devstack.ports import LOOPBACK, free_port
from devstack.processes import ChildProcess, Program
from devstack.programs import CODE, WEB_WORKERS, Programs

PEER: Final = "benchmarks.peers.profiles.main:app"
CREATE_PEER_TABLES: Final = [sys.executable, "-m", "benchmarks.peers.profiles.create_tables"]
READY_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0


@contextmanager
def ours(directory: Path) -> Iterator[int]:
    """Our web server. Yields its port."""
    port = free_port()
    with running(_programs(directory, port)["web"]) as process:
        process.wait_until(lambda: _answers(port, "/readyz"), seconds=READY_SECONDS)
        yield port


@contextmanager
def peer(directory: Path, database_url: str) -> Iterator[int]:
    """uvicorn with as many processes, uvloop, httptools and without a log of its requests. Yields its port."""
    port = free_port()
    program = Program(
        name="peer",
        command=[
            sys.executable, "-m", "uvicorn", PEER, "--host", LOOPBACK, "--port", str(port), "--workers", WEB_WORKERS,
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
        ],
        directory=CODE,
        log=directory / "log" / "peer.log",
        environment={"PEER_DATABASE_URL": database_url.replace("postgresql:", "postgresql+psycopg:")},
    )  # fmt: skip
    subprocess.run(CREATE_PEER_TABLES, env={**os.environ, **program.environment}, cwd=CODE, check=True)
    with running(program) as process:
        process.wait_until(lambda: _answers(port, "/openapi.json"), seconds=READY_SECONDS)
        yield port


@contextmanager
def relay(directory: Path) -> Iterator[None]:
    """Worker and beat, which write the audit log from the outbox."""
    programs = _programs(directory, free_port())
    with running(programs["worker"]), running(programs["beat"]):
        yield


@contextmanager
def running(program: Program) -> Iterator[ChildProcess]:
    """A process, until the block ends."""
    process = ChildProcess(program)
    try:
        yield process
    finally:
        process.ask_to_stop()
        process.wait_stopped(seconds=STOP_SECONDS)


def _programs(directory: Path, port: int) -> dict[str, Program]:
    """Those of `make up`, by name."""
    (directory / "tmp").mkdir(exist_ok=True)
    made = Programs(directory, dict(os.environ), port=port, live_port=free_port())
    return {program.name: program for program in made.running()}


def _answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
