"""The servers of a test run: real ones, its own, thrown away afterwards.

A pytest plugin, loaded by name (`-p tests.servers`) because Django's settings are read before any conftest is. The
process that pytest was started in starts them; its xdist workers share them, each with Redis and Mongo databases of
its own (pytest-django does the same for Postgres).
"""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import psutil
import pytest

from devstack.mongo import Mongo
from devstack.server import Server
from devstack.smtp_sink import SmtpSink
from devstack.stack import Stack
from devstack.up import PASSED_ON
from devstack.upstream.server import Upstream
from devstack.valkey import Valkey

DIRECTORY_PREFIX = "switchboard-tests-"
LISTS_ONLY = {"--help", "-h", "--version", "-V", "--collect-only", "--co", "--markers", "--fixtures"}


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> Generator[None]:
    """Before pytest-django's hook of the same name reads the settings: a wrapper comes before all that are none."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        start_servers(early_config.add_cleanup, start=LISTS_ONLY.isdisjoint(args))
    take_databases(worker)
    return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first, so that at the end no process waits for another's last test."""
    items.sort(key=lambda item: -longest_seconds(item))


def longest_seconds(item: pytest.Item) -> float:
    """What the test allows itself, where that is more than the usual."""
    marked = item.get_closest_marker("timeout")
    return float(marked.args[0]) if marked else 0.0


def start_servers(add_cleanup: Callable[[Callable[[], None]], None], *, start: bool) -> None:
    """Start the servers and say in the environment where they are; nothing else from outside reaches the tests."""
    remove_abandoned()
    data = Path(tempfile.mkdtemp(prefix=f"{DIRECTORY_PREFIX}{os.getpid()}-"))
    add_cleanup(lambda: shutil.rmtree(data))
    stack = Stack(data, {}, durable=False)
    for name in PASSED_ON:
        os.environ.pop(name, None)
    os.environ.update(
        stack.environment,
        DEBUG="true",
        DVF_CACHE_DIR=str(data / "dvf"),
        AUDIT_CHECKPOINTS_FILE=str(data / "audit.ndjson"),
    )
    if start:
        add_cleanup(stack.stop)
        stack.start()


def take_databases(worker: str | None) -> None:
    """Two Redis databases and a Mongo database for this process: 0 and 1 without workers, 2 and 3 for `gw0`, …"""
    number = 0 if worker is None else 2 * int(worker.removeprefix("gw")) + 2
    url = urlsplit(os.environ["REDIS_URL"])
    os.environ["REDIS_URL"] = url._replace(path=f"/{number}").geturl()
    os.environ["CELERY_BROKER_URL"] = url._replace(path=f"/{number + 1}").geturl()
    os.environ["MONGODB_DATABASE"] = f"test_{worker or 'main'}"


def remove_abandoned() -> None:
    """Remove the directories of test runs that were killed; the kernel stopped their servers."""
    for directory in Path(tempfile.gettempdir()).glob(f"{DIRECTORY_PREFIX}*"):
        owner = re.match(rf"{DIRECTORY_PREFIX}(\d+)-", directory.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            shutil.rmtree(directory, ignore_errors=True)


S = TypeVar("S", bound=Server)


def _private(server: S) -> Iterator[S]:
    server.start()
    yield server
    server.stop()


@contextmanager
def hanging(server: Server) -> Iterator[None]:
    """A private server that keeps its connections and answers nothing, until the block is left."""
    assert server.process is not None
    pid = server.process.pid
    os.kill(pid, signal.SIGSTOP)
    # The kernel stops one thread after another, on a busy machine tens of milliseconds later: until the last one
    # stands still, the server may answer yet.
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def private_mongo(tmp_path: Path) -> Iterator[Mongo]:
    """A running MongoDB of this test's own, to `stop()`, `kill()` and `start()` without disturbing other tests."""
    yield from _private(Mongo(tmp_path))


@pytest.fixture
def private_valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A running Valkey of this test's own, to `stop()`, `kill()` and `start()` without disturbing other tests."""
    yield from _private(Valkey(tmp_path))


@pytest.fixture
def private_mail(tmp_path: Path) -> Iterator[SmtpSink]:
    """A running mail sink of this test's own: `messages()` are the files of what it received."""
    yield from _private(SmtpSink(tmp_path))


@pytest.fixture
def private_upstream(tmp_path: Path) -> Iterator[Upstream]:
    """A running stand-in of check-in's upstream of this test's own, to `stop()`, `kill()` and `start()`."""
    yield from _private(Upstream(tmp_path))
