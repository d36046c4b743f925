"""The measurements of `bench_profiles`, run by it on empty, migrated stores."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import psutil  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from benchmarks import _profiles_data as data  # noqa: E402
from benchmarks import _profiles_servers as servers  # noqa: E402
from benchmarks._load import Round, Target, WrongAnswer, drive  # noqa: E402
from benchmarks._profiles_requests import CREATE, REPORT, Callers, require_guards  # noqa: E402
from core.testing.waiting import eventually  # noqa: E402
from devstack.programs import WEB_WORKERS  # noqa: E402

SIZES: Final = [int(size) for size in os.environ.get("BENCH_ROWS", "10000,1000000").split(",")]
ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS: Final = float(os.environ.get("BENCH_SECONDS", "2"))
WARM_UP_SECONDS: Final = 1.0
CONNECTIONS: Final = 16
CALLERS: Final = 250
RELAY_SECONDS: Final = 300.0
LIST_WANTED, POST_WANTED = ">= 3", ">= 1.5"
UNDELIVERED: Final = "outbox_event WHERE delivered_at IS NULL"
ENTRIES: Final = """outbox_event WHERE topic = 'audit.entry' AND payload @> '{"resource_type": "logged_out_profile"}'"""
console = Console()


per_second = attrgetter("per_second")


@dataclass(slots=True)
class Side:
    """An application, the database it writes to, and its rounds."""

    callers: Callers
    database_url: str
    rounds: list[Round] = field(default_factory=list)
    answered: int = 0
    processor_milliseconds: list[float] = field(default_factory=list)

    def drive(self, target: Target, *, seconds: float) -> Round:
        """A round."""
        before = processor_seconds()
        one = drive(target, connections=CONNECTIONS, seconds=seconds)
        self.answered += one.answered
        used = sum(used - before.get(pid, 0) for pid, used in processor_seconds().items())
        self.processor_milliseconds.append(used / one.answered * 1000)
        return one

    def figures(self) -> list[str]:
        """Requests per second, the median and 99th percentile of their milliseconds, and what they take of a core."""
        latencies = [partial(Round.percentile_milliseconds, percent=percent) for percent in (50, 99)]
        return [
            f"{self.median(per_second):,.0f}",
            *(f"{self.median(latency):.1f}" for latency in latencies),
            f"{median(self.processor_milliseconds):.2f}",
        ]

    def median(self, figure: Callable[[Round], float]) -> float:
        """Over the rounds."""
        return median(figure(one) for one in self.rounds)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two applications that are asked the same by turns, so that a noisy machine hurts both."""

    ours: Side
    theirs: Side

    def run(self, target: Callable[[Side], Target], *, settle: Callable[[], object] = lambda: None) -> None:
        """Warm up, and measure. Raises WrongAnswer for any answer that is wrong."""
        sides = (self.ours, self.theirs)
        for side in sides:
            side.rounds, side.answered = [], 0
            settle()
            side.drive(target(side), seconds=WARM_UP_SECONDS)
            side.processor_milliseconds = []
        for _ in range(ROUNDS):
            for side in sides:
                settle()
                side.rounds.append(side.drive(target(side), seconds=SECONDS))
        settle()

    def show(self, table: Table, what: str, wanted: str) -> None:
        """Add what was measured."""
        ratio = self.ours.median(per_second) / self.theirs.median(per_second)
        table.add_row(what, "ours", *self.ours.figures(), f"{ratio:.2f}", wanted)
        table.add_row("", "FastAPI", *self.theirs.figures())
        console.print(f"{what}: {ratio:.2f} times as many")


def reporting(pair: Comparison, path: str, *, settle: Callable[[], object] = lambda: None) -> None:
    """Measure POSTs. Raises WrongAnswer unless each that was answered is a row, and an audit event of ours."""
    before = [data.count(side.database_url) for side in (pair.ours, pair.theirs)]
    entries = data.count(pair.ours.database_url, ENTRIES)
    pair.run(lambda side: side.callers.reporting(path), settle=settle)
    for side, rows in zip((pair.ours, pair.theirs), before, strict=True):
        if (made := data.count(side.database_url) - rows) != side.answered:
            raise WrongAnswer(f"{side.answered} reports were answered, {made} rows were made")
    if (made := data.count(pair.ours.database_url, ENTRIES) - entries) != pair.ours.answered:
        raise WrongAnswer(f"{pair.ours.answered} reports were answered, {made} audit events were published")


def processor_seconds() -> dict[int, float]:
    """What each process of the benchmark but this one has used so far: servers and applications."""
    this = psutil.Process()
    benchmark = this.parent()
    seconds = {}
    for one in benchmark.children(recursive=True) if benchmark else []:
        with suppress(psutil.NoSuchProcess):  # PostgreSQL's come and go
            seconds[one.pid] = sum(one.cpu_times()[:2])
    return seconds | {this.pid: 0}


def delivered() -> bool:
    """Whether the audit log has everything, so that the other application's round is not disturbed by our work."""
    return data.count(os.environ["DATABASE_URL"], UNDELIVERED) == 0


def compare(pair: Comparison, table: Table, directory: Path, *, rows: int) -> None:
    """All figures at one size."""
    table.add_row(f"[bold]{rows:,} rows")
    data.fill(pair.ours.database_url, pair.theirs.database_url, rows=rows)
    pair.run(lambda side: side.callers.listing(rows=rows))
    pair.show(table, "GET the first 100", LIST_WANTED)
    for path in (REPORT, CREATE):
        reporting(pair, path)
        pair.show(table, f"POST /{path.split('/')[1]}/…", POST_WANTED)
    with servers.relay(directory):
        reporting(pair, REPORT, settle=lambda: eventually(delivered, seconds=RELAY_SECONDS))
    pair.show(table, "POST, and a worker", POST_WANTED)
    table.add_section()


def main() -> None:
    """Fill, measure, print."""
    directory = Path(os.environ["BENCH_DIRECTORY"])
    database_url = os.environ["DATABASE_URL"]
    peer_url = data.make_peer_database(database_url)
    secrets = data.make_callers(CALLERS)
    right = [Column(name, justify="right") for name in ("requests/s", "p50 ms", "p99 ms", "CPU ms", "ratio", "wanted")]
    table = Table("what", "", *right)
    with servers.ours(directory) as our_port, servers.peer(directory, peer_url) as peer_port:
        require_guards(our_port, secrets[0])
        pair = Comparison(
            ours=Side(Callers(our_port, secrets), database_url), theirs=Side(Callers(peer_port), peer_url)
        )
        for rows in SIZES:
            console.print(f"{rows:,} rows in either table …")
            compare(pair, table, directory, rows=rows)
    console.print(table)
    console.print(NOTES)


NOTES: Final = f"""
Medians of {ROUNDS} rounds of {SECONDS:g} s each, by turns. {CONNECTIONS} connections, each with one request under way;
"CPU ms" is what a request takes of a core, in web server, PostgreSQL and Valkey. {WEB_WORKERS} worker processes each.
Ours: {CALLERS} API keys in turn (each may make 5,000 requests an hour, and is counted), tenancy, and an audit
event for each POST, which waits for a worker or, in the last lines, is delivered by one meanwhile.
FastAPI: nobody logs in; no limits, no tenants, no audit log.
Every answer was looked at, and every POST is a row."""

if __name__ == "__main__":
    main()
