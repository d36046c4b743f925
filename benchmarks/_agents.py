"""The measurements of `bench_agents`, run by it on empty, migrated stores."""

import logging
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from benchmarks import _agents_data as data  # noqa: E402
from benchmarks import _agents_servers as servers  # noqa: E402
from benchmarks import _agents_sql as sql  # noqa: E402
from benchmarks import _profiles_servers  # noqa: E402
from benchmarks._agents_bulk import BY_HAND, BY_REQUEST, COUNT, complete_ten_thousand  # noqa: E402
from benchmarks._agents_cases import LISTS, Case  # noqa: E402
from benchmarks._agents_statistics import Statistics  # noqa: E402
from benchmarks._stopwatch import Stopwatch  # noqa: E402

ROUNDS: Final = int(os.environ.get("BENCH_ROUNDS", "25"))
WANTED: Final = "<= 2"
Asked = Case | Statistics
CASES: Final[Sequence[Asked]] = (*LISTS, Statistics())
console = Console(width=140)


@dataclass(frozen=True, slots=True)
class Sides:
    """Who is asked the same by turns."""

    bare: psycopg.Connection[sql.Row]
    ours: servers.Caller
    peer: servers.Caller
    inside: APIClient

    def of(self, case: Asked) -> Mapping[str, Callable[[], Any]]:
        """How each is asked; by name, in order."""
        ways: dict[str, Callable[[], Any]] = {
            "bare": lambda: sql.fetch(self.bare, case.statements, case.values),
            "inside": lambda: self.inside.get(case.path),
            "ours": lambda: self.ours.ask("GET", case.path),
        }
        if case.peer_path:
            ways["peer"] = lambda: self.peer.ask("GET", case.peer_path)
        return ways

    def queries(self, case: Asked) -> int:
        """How many statements an answer of ours takes. Raises AssertionError if any side's answer is not the same."""
        with CaptureQueriesContext(connection) as asked:
            self.inside.get(case.path)
        rows = sql.fetch(self.bare, case.statements, case.values)
        case.require_same(rows, self.ours.get(case.path))
        if isinstance(case, Case):
            case.require_same_of_peer(rows, self.peer.get(case.peer_path))
        return len(asked)


def measure(sides: Sides, cases: Sequence[Asked], watch: Stopwatch) -> None:
    """Each case of each side, by turns, and the first round for nothing: it warms."""
    for number in range(ROUNDS + 1):
        for case in cases:
            for side, ask in sides.of(case).items():
                if number:
                    watch.time(f"{case.name} {side}", ask)
                else:
                    ask()


def show(sides: Sides, cases: Sequence[Asked], watch: Stopwatch) -> None:
    """The table of medians, and how they compare."""
    headers = ("bare SQL", "our view", "ratio", "over HTTP", "ratio", "wanted", "plain viewset", "ratio", "our queries")
    table = Table(Column("milliseconds", no_wrap=True), *(Column(header, justify="right") for header in headers))
    for case in cases:
        bare, inside, ours = (watch[f"{case.name} {side}"] for side in ("bare", "inside", "ours"))
        row = [f"{bare:.1f}", f"{inside:.1f}", f"{inside / bare:.2f}", f"{ours:.1f}", f"{ours / bare:.2f}", WANTED]
        peer = watch[f"{case.name} peer"] if case.peer_path else None
        row += [f"{peer:.1f}", f"{ours / peer:.2f}"] if peer else ["", ""]
        table.add_row(case.name, *row, str(sides.queries(case)))
    console.print(table)


def of_bulk(watch: Stopwatch) -> Table:
    """How long it takes to complete callbacks."""
    headers = ("seconds", "ms for each", "ratio", "wanted")
    table = Table(f"{COUNT:,} callbacks completed", *(Column(header, justify="right") for header in headers))
    for name, wanted in ((BY_HAND, ""), (BY_REQUEST, "<= 2 s")):
        took = watch[name]
        table.add_row(name, f"{took / 1000:.2f}", f"{took / COUNT:.3f}", f"{took / watch[BY_HAND]:.2f}", wanted)
    return table


def main() -> None:
    """Fill, measure, print."""
    directory, url = Path(os.environ["BENCH_DIRECTORY"]), os.environ["DATABASE_URL"]
    console.print(f"{data.AGENTS} AI agents, {data.CUSTOMERS:,} customers, {data.CALLBACKS:,} callbacks …")
    token = data.fill()
    logging.disable(logging.INFO)  # of the view that is called in this process; the servers write theirs
    warnings.filterwarnings("ignore", "No directory at")  # static files, which nobody asks for
    watch = Stopwatch()
    with _profiles_servers.ours(directory) as port, servers.peer(directory) as peer_port, sql.connect(url) as bare:
        inside = APIClient(headers={"Authorization": f"Bearer {token}"})
        sides = Sides(bare, servers.Caller(port, token), servers.Caller(peer_port), inside)
        measure(sides, CASES, watch)
        show(sides, CASES, watch)
        complete_ten_thousand(bare, sides.ours, watch)
    console.print(of_bulk(watch))
    console.print(NOTES)


NOTES: Final = f"""
Medians of {ROUNDS} rounds, by turns, one request at a time; every answer has the same rows and numbers as the SQL.
Bare SQL: the page and its summary, asked for by hand over psycopg, nothing made of the rows. Ratios beside ours are to
that, those beside the plain viewset are ours to its: model serializers and a count, without logins, limits, tenants and
summaries."""

if __name__ == "__main__":
    main()
