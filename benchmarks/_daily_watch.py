"""What `bench_daily` looks at while the workers work, as a user of its own, so that it does not count itself."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
import psycopg

OBSERVER: Final = "observer"
POLL_SECONDS: Final = 0.25
LONGEST_SECONDS: Final = 1800
# What anybody but the observer sent. No queries: what begins or ends a transaction or sets the session up, and the
# server's own checks of foreign keys, which it counts with the rest where they are deferred to the end.
COUNTED: Final = """
    FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
    WHERE rolname <> 'observer' AND query NOT LIKE '% FROM ONLY % OPERATOR(pg_catalog.=) %'
        AND query !~* '^(begin|commit|rollback|savepoint|release|set|reset|show|discard)'
"""
STATEMENTS: Final = f"""
    SELECT sum(calls)::bigint, (sum(total_exec_time) / 1000)::float
    {COUNTED}
"""
TOP: Final = f"""
    SELECT sum(calls)::bigint, (sum(total_exec_time) / 1000)::float, regexp_replace(left(query, 110), '\\s+', ' ', 'g')
    {COUNTED}
    GROUP BY 3 ORDER BY 1 DESC LIMIT 24
"""
PROGRESS: Final = """
    SELECT
        (SELECT count(*) FROM trackimmo_dispatch AS dispatch JOIN trackimmo_dailyrun AS run ON run.id = run_id
            WHERE run.day = %(day)s) >= %(clients)s AS opened,
        (SELECT count(*) FROM trackimmo_processingjob WHERE finished_at IS NOT NULL) >= %(jobs)s AS completed,
        NOT EXISTS (SELECT FROM outbox_event WHERE delivered_at IS NULL AND parked_at IS NULL AND topic = 'mail.send')
            AS mailed,
        (SELECT count(*) FROM trackimmo_processingjob WHERE error_message IS NOT NULL) AS stumbled
"""


@dataclass(frozen=True, slots=True)
class Phase:
    """One day's figures: seconds from its beginning to each stage, and what the database was asked."""

    clients: int
    opened_seconds: float
    completed_seconds: float
    mailed_seconds: float
    queries: int
    database_seconds: float
    processor_seconds: float
    peak_megabytes: tuple[float, ...]
    top: list[tuple[Any, ...]]


class Observer:
    """A second pair of eyes on the database."""

    def __init__(self, database_url: str, worker_pid: int) -> None:
        url = urlsplit(database_url)
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
            connection.execute(f"CREATE ROLE {OBSERVER} SUPERUSER LOGIN")
        address = url._replace(netloc=f"{OBSERVER}@{url.hostname}:{url.port}").geturl()
        self._connection = psycopg.connect(address, autocommit=True)
        self._worker = psutil.Process(worker_pid)
        self._jobs = 0

    def _one(self, statement: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
        row = self._connection.execute(statement, parameters).fetchone()
        return row or ()

    def watch(self, day: Any, *, clients: int, begin: Callable[[], object]) -> Phase:  # noqa: ANN401 -- a date
        """Begin the day and follow it until its last mail is delivered."""
        self._jobs += clients
        self._connection.execute("SELECT pg_stat_statements_reset()")
        processor_seconds = -processor_seconds_so_far()
        started = time.perf_counter()
        begin()
        reached: list[float] = []
        while len(reached) < 3:
            time.sleep(POLL_SECONDS)
            *stages, stumbled = self._one(PROGRESS, {"day": day, "clients": clients, "jobs": self._jobs})
            seconds = time.perf_counter() - started
            while len(reached) < 3 and all(stages[: len(reached) + 1]):
                reached.append(seconds)
            if seconds > LONGEST_SECONDS or stumbled:
                raise RuntimeError(f"After {seconds:.0f} s: {stages}, and {stumbled} jobs did not succeed")
        queries, database_seconds = self._one(STATEMENTS)
        opened, completed, mailed = reached
        return Phase(
            clients=clients,
            opened_seconds=opened,
            completed_seconds=completed,
            mailed_seconds=mailed,
            queries=queries,
            database_seconds=database_seconds,
            processor_seconds=processor_seconds + processor_seconds_so_far(),
            peak_megabytes=tuple(peak_megabytes(process.pid) for process in self._worker.children()),
            top=list(self._connection.execute(TOP).fetchall()),
        )


def processor_seconds_so_far() -> float:
    """What all processes of the benchmark but this one have used: servers, workers and beat."""
    this = psutil.Process()
    benchmark = this.parent()
    others = [one for one in benchmark.children(recursive=True) if one != this] if benchmark else []
    return sum(sum(one.cpu_times()[:4]) for one in others)


def peak_megabytes(pid: int) -> float:
    """The most memory that a process has held so far, as the kernel noted it."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    [kilobytes] = (int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return kilobytes / 1024
