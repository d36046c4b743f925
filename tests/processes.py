"""The platform's real processes, on the test's own servers. A pytest plugin, named in tests/conftest.py."""

import os
import signal
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection
from django.utils import timezone

from accounts.models import Organization
from core import redis, tenancy
from core.health import heartbeat
from core.testing.waiting import eventually
from devstack.processes import ChildProcess, Program
from trackimmo.models import DailyRun
from trackimmo.selectors.calendar import end_of
from trackimmo.selectors.eligibility import today_in_paris

ROOT = Path(__file__).resolve().parents[1]


def environment_of_this_test(settings) -> dict[str, str]:
    """What a process needs to work with this test's database and the servers in its settings.

    The pace is a test's, unless the environment sets another.
    """
    database = connection.settings_dict
    address = f"{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return {
        "SWEEP_SECONDS": "1",
        "JOB_BACKOFF_SECONDS": "1",
        "LOG_FORMAT": "json",
        **os.environ,
        "DATABASE_URL": f"postgresql://{address}",
        "MONGODB_URI": settings.MONGODB_URI,
        "SMTP_PORT": str(settings.EMAIL_PORT),
        "GEO_API_URL": settings.GEO_API_URL,
        "DVF_BASE_URL": settings.DVF_BASE_URL,
        "CHECKOUT_API_URL": settings.CHECKOUT_API_URL,
        "CHECKIN_URL": settings.CHECKIN_URL,
        "MIN_PROPERTIES_PER_CITY": str(settings.MIN_PROPERTIES_PER_CITY),
    }


@pytest.fixture
def start_process(settings, tmp_path, transactional_db):
    """Start one of the platform's processes; all are stopped before the test's database is emptied."""
    started: list[ChildProcess] = []

    def start(name: str, *arguments: str) -> ChildProcess:
        program = Program(
            name=name,
            command=[sys.executable, *arguments],
            directory=ROOT,
            log=tmp_path / f"{name}.log",
            environment=environment_of_this_test(settings),
            stop_signal=signal.SIGTERM,
        )
        started.append(ChildProcess(program))
        return started[-1]

    yield start
    for process in started:
        process.ask_to_stop()
    for process in started:
        process.wait_stopped(seconds=15)


@pytest.fixture
def start_worker(start_process):
    """Start a worker with two processes and wait for its first heartbeat."""

    def start() -> ChildProcess:
        redis.client().delete(heartbeat.WORKER)
        arguments = ("worker", "--concurrency", "2", "--without-mingle", "--without-gossip")
        worker = start_process("worker", "-m", "celery", "-A", "config", *arguments)
        worker.wait_until(lambda: redis.client().exists(heartbeat.WORKER), seconds=30)
        return worker

    with current_app.connection_for_write() as broker:
        broker.default_channel.client.flushdb()
    return start


def see_to_today() -> None:
    """Let no daily run come in between: what it would do depends on the date of the test run."""
    today = today_in_paris()
    for organization in Organization.objects.all():
        with tenancy.scope(organization.pk):
            DailyRun.objects.create(day=today, clients_until=end_of(today), finished_at=timezone.now())


@pytest.fixture
def start_beat(start_process):
    """Start the scheduler, with nothing to do for today's clients, and wait for its first heartbeat."""

    def start() -> ChildProcess:
        see_to_today()
        redis.client().delete(heartbeat.BEAT)
        beat = start_process("beat", "-m", "celery", "-A", "config", "beat", "--pidfile=")
        eventually(lambda: redis.client().exists(heartbeat.BEAT), seconds=30)
        return beat

    return start
