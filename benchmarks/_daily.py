"""The measurements of `bench_daily`, run by it on empty, migrated stores."""

import os
import signal
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from benchmarks._daily_data import ORGANIZATION, fill  # noqa: E402
from benchmarks._daily_watch import Observer, Phase  # noqa: E402
from core import redis, tenancy  # noqa: E402
from core.health import heartbeat  # noqa: E402
from core.mail.queueing import TOPIC  # noqa: E402
from core.outbox.models import OutboxEvent  # noqa: E402
from core.testing.waiting import eventually  # noqa: E402
from devstack.processes import ChildProcess, Program  # noqa: E402
from trackimmo.models import ProcessingJob  # noqa: E402
from trackimmo.selectors.eligibility import today_in_paris  # noqa: E402
from trackimmo.services.days import look_for_days  # noqa: E402
from trackimmo.services.days.opening import order_day  # noqa: E402

PROPERTIES: Final = int(os.environ.get("BENCH_PROPERTIES", "1000000"))
MANY: Final = int(os.environ.get("BENCH_CLIENTS", "10000"))
FEW: Final = MANY // 10
WARM_UP: Final = 40
ROOT: Final = Path(__file__).resolve().parent.parent


def start(name: str, *arguments: str) -> ChildProcess:
    """Start one of the platform's processes."""
    return ChildProcess(
        Program(
            name=name,
            command=[sys.executable, "-m", "celery", "-A", "config", *arguments],
            directory=ROOT,
            log=Path(os.environ["BENCH_DIRECTORY"]) / f"{name}.log",
            stop_signal=signal.SIGTERM,
        )
    )


def days(today: date) -> dict[date, int]:
    """Days of last month, so that no reminder is sent, and how many clients are due on each.

    A small one on either side of the large one: a shared machine is not equally fast all the time.
    """
    last_month = today.replace(day=1) - timedelta(days=1)
    return {
        last_month.replace(day=number): clients for number, clients in ((9, WARM_UP), (10, FEW), (11, MANY), (12, FEW))
    }


def measure(observer: Observer, day: date, clients: int) -> Phase:
    """Order the day, ask for the workers as beat does, and follow them."""

    def begin() -> None:
        with tenancy.scope(ORGANIZATION):
            order_day(day)
        look_for_days()

    return observer.watch(day, clients=clients, begin=begin)


def main() -> None:
    """Fill, start the workers, measure a small day and a large one, print."""
    console = Console(width=150)
    today = today_in_paris()
    numbers = days(today)
    console.print(f"Filling {PROPERTIES:,} properties and {sum(numbers.values()):,} clients …")
    fill(today=today, properties=PROPERTIES, clients={day.day: clients for day, clients in numbers.items()})
    beat_schedule = str(Path(os.environ["BENCH_DIRECTORY"]) / "schedule")
    worker = start("worker", "worker", "--concurrency", "2", "--without-mingle", "--without-gossip")
    beat = start("beat", "beat", "--schedule", beat_schedule, "--pidfile=")
    try:
        for name in (heartbeat.WORKER, heartbeat.BEAT):
            eventually(lambda name=name: redis.client().exists(name), seconds=60)  # type: ignore[misc]
        observer = Observer(os.environ["DATABASE_URL"], worker.pid)
        phases = [measure(observer, day, clients) for day, clients in numbers.items()]
    finally:
        for process in (worker, beat):
            process.ask_to_stop()
            process.wait_stopped(seconds=30)
    check(sum(numbers.values()))
    report(console, phases[1:])


def check(clients: int) -> None:
    """Every job is done once and well, and every client has his mail: else the figures say nothing."""
    with tenancy.scope(ORGANIZATION):
        jobs = ProcessingJob.objects.filter(status="completed", properties_assigned=10, attempt_count=1).count()
        mails = OutboxEvent.objects.filter(topic=TOPIC, delivered_at__isnull=False)
        recipients = mails.values("payload__to").distinct().count()
    if not jobs == recipients == mails.count() == clients:
        raise AssertionError(f"{clients} clients, but {jobs} jobs, {mails.count()} mails to {recipients} clients")


def report(console: Console, phases: list[Phase]) -> None:
    """Print the figures."""
    before, many, after = phases
    small_seconds = (before.mailed_seconds + after.mailed_seconds) / 2
    small_processor_seconds = (before.processor_seconds + after.processor_seconds) / 2
    table = Table("what", *(Column(f"{one.clients:,} clients", justify="right") for one in phases), "wanted")

    def row(what: str, form: str, values: list[float], wanted: str = "") -> None:
        table.add_row(what, *(form.format(value) for value in values), wanted)

    row("seconds from the day's beginning to its last mail", "{:.1f}", [one.mailed_seconds for one in phases])
    row("  until the last job was opened", "{:.1f}", [one.opened_seconds for one in phases])
    row("  until the last job was completed", "{:.1f}", [one.completed_seconds for one in phases])
    row("clients per second", "{:.1f}", [one.clients / one.mailed_seconds for one in phases])
    row("SQL queries per client, of all workers", "{:.2f}", [one.queries / one.clients for one in phases], "<= 12")
    row(
        "milliseconds of the database per client",
        "{:.1f}",
        [1000 * one.database_seconds / one.clients for one in phases],
    )
    row(
        "milliseconds of a processor per client, all processes",
        "{:.1f}",
        [1000 * one.processor_seconds / one.clients for one in phases],
    )
    peaks = [" ".join(f"{one:.0f}" for one in phase.peak_megabytes) for phase in phases]
    table.add_row("peak memory of each worker process, MB", *peaks)
    row("time, times that of the small days", "{:.2f}", [one.mailed_seconds / small_seconds for one in phases], "<= 11")
    row(
        "  processor time, times that of the small days",
        "{:.2f}",
        [one.processor_seconds / small_processor_seconds for one in phases],
    )
    console.print(table)
    statements = Table(*(Column(name, justify="right") for name in ("per client", "ms per client")), "statement")
    for calls, seconds, query in many.top:
        statements.add_row(f"{calls / many.clients:.2f}", f"{1000 * seconds / many.clients:.2f}", query)
    console.print(statements)


if __name__ == "__main__":
    main()
