"""The measurements of `bench_profiles_size`, run by it on an empty, migrated database."""

import os
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Column, Table  # noqa: E402

from benchmarks._profiles_size_data import END, ORGANIZATION, fill, name_profiles, run  # noqa: E402
from core import tenancy  # noqa: E402
from profiles import selectors  # noqa: E402
from profiles.selectors import Filters  # noqa: E402
from profiles.services.segments import close_segments  # noqa: E402

SMALL: Final = 10_000
LARGE: Final = 1_000_000
ROUNDS: Final = 15
LIMIT: Final = 100
MOST_TIMES: Final = 3
MOST_MILLISECONDS: Final = 50
INSERTS: Final = 2000
INSERT: Final = """
INSERT INTO logged_out_profiles (organization_id, profile_id)
VALUES (%(organization)s, (SELECT min(id) FROM profiles_browserprofile)) RETURNING id
"""
ALL: Final = Filters()
AGENT: Final = Filters(agent_name="Agent_007")
MONTH: Final = Filters(since=END - timedelta(days=200), until=END - timedelta(days=170))
AGENTS_MONTH: Final = replace(MONTH, agent_name=AGENT.agent_name)

Case = Callable[[], object]


def cases(records: int) -> dict[str, Case]:
    """What is asked, by name, of a log of so many records."""

    def page(filters: Filters, skip: int = 0) -> Case:
        return partial(selectors.page, filters, skip=skip, limit=LIMIT)

    def search(text: str, skip: int = 0, within: Filters = ALL) -> Case:
        return page(replace(within, search=text), skip)

    def statistics(filters: Filters) -> Case:
        return partial(selectors.statistics, filters)

    deep = records * 9 // 10
    return {
        "first page": page(ALL),
        "page at nine tenths": page(ALL, deep),
        "an agent": page(AGENT),
        "an agent, page at nine tenths": page(AGENT, deep // 100),
        "a month": page(MONTH),
        "a month, page in its middle": page(MONTH, records // 24),
        "search: all match": search("GMAIL"),
        "search: nine of ten match": search("agent_0"),
        "search: nine of ten match, page at eight tenths": search("agent_0", records * 8 // 10),
        "search: one of a hundred matches": search("gmail_77_"),
        "search: one profile matches": search("gmail_77_33"),
        "search: none matches": search("nobody"),
        "a search in a month": search("agent_0", within=MONTH),
        "an agent in a month": page(AGENTS_MONTH),
        "an agent, with a search": search("_1", within=AGENT),
        "statistics": statistics(ALL),
        "statistics of a month": statistics(MONTH),
        "statistics of an agent": statistics(AGENT),
        "statistics of an agent's month": statistics(AGENTS_MONTH),
        "statistics of the year": statistics(Filters(since=END - timedelta(days=365))),
    }


def measure(records: int, *, rounds: int = ROUNDS) -> dict[str, float]:
    """Median milliseconds of each case; one after the other, round by round, so that all have the same weather."""
    times: dict[str, list[float]] = defaultdict(list)
    asked = cases(records)
    for _ in range(rounds + 1):
        for name, ask in asked.items():
            begin = time.perf_counter()
            ask()
            times[name].append((time.perf_counter() - begin) * 1000)
    # The first round warms.
    return {name: median(measured[1:]) for name, measured in times.items()}


def inserts_per_second() -> float:
    """Single inserts, each its own transaction, which does not wait for the disk."""
    run("SET synchronous_commit = off")
    begin = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(INSERTS):
            cursor.execute(INSERT, {"organization": ORGANIZATION})
    return INSERTS / (time.perf_counter() - begin)


def deletes_per_second() -> float:
    """Single deletions of the oldest records, likewise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM logged_out_profiles ORDER BY id LIMIT %s", [INSERTS])
        ids = [pk for (pk,) in cursor.fetchall()]
        begin = time.perf_counter()
        for pk in ids:
            cursor.execute("DELETE FROM logged_out_profiles WHERE id = %s", [pk])
    return INSERTS / (time.perf_counter() - begin)


def main() -> None:
    """Fill, measure, print."""
    console = Console(width=120)
    name_profiles()
    with tenancy.scope(ORGANIZATION):
        fill(SMALL)
        close_segments()
        run("VACUUM ANALYZE")
        small = measure(SMALL)
        console.print(f"Filling {LARGE:,} records …")
        fill(LARGE)
        plain = measure(LARGE, rounds=2)
        writes = [(inserts_per_second(), deletes_per_second())]
        fill(LARGE)
        begin = time.perf_counter()
        closed = close_segments()
        console.print(f"Closed {closed} segments in {time.perf_counter() - begin:.1f} s.")
        run("VACUUM ANALYZE")
        large = measure(LARGE)
        writes.append((inserts_per_second(), deletes_per_second()))
    headers = (f"ms at {SMALL:,}", f"ms at {LARGE:,}", "ratio", "<= 3 or <= 50 ms", "ms were nothing closed")
    table = Table("what", *(Column(header, justify="right") for header in headers))
    for name, milliseconds in large.items():
        ratio = milliseconds / small[name]
        is_met = ratio <= MOST_TIMES or milliseconds <= MOST_MILLISECONDS
        figures = f"{small[name]:.1f}", f"{milliseconds:.1f}", f"{ratio:.1f}", "yes" if is_met else "no"
        table.add_row(name, *figures, f"{plain[name]:.1f}")
    console.print(table)
    written = Table("at 1,000,000", Column("nothing closed", justify="right"), Column("closed", justify="right"))
    for what, before, after in zip(("inserts per second", "deletions per second"), *writes, strict=True):
        written.add_row(what, f"{before:,.0f}", f"{after:,.0f}")
    console.print(written)


if __name__ == "__main__":
    main()
