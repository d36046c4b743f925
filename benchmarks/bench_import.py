"""How fast sales are imported, beside a bare COPY of the same file into a table of text: `make bench-import`.

On a PostgreSQL of its own with its ordinary settings, thrown away afterwards. An import is measured as an operator
calls it, from the start of `manage.py import_dvf` to its end, and so is its process's memory.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from rich.console import Console
from rich.table import Table

from devstack.postgres import Postgres
from trackimmo.dvf.geo import GEO_COLUMNS
from trackimmo.dvf.sample import write_sample

BLOCK_BYTES: Final = 1 << 20
COLUMNS: Final = ", ".join(f"{column} text" for column in GEO_COLUMNS)
console = Console()


@dataclass(frozen=True, slots=True)
class Run:
    """One import: how long it took, and the most memory its process had."""

    seconds: float
    peak_megabytes: float


def main() -> None:
    """Generate, copy, import, copy, import, print."""
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="bench-import-") as directory:
        server = Postgres(Path(directory))
        server.start()
        try:
            measure(Path(directory) / "sales.csv", server, options)
        finally:
            server.stop()


def arguments() -> argparse.Namespace:
    """How much to measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_import", description=__doc__)
    parser.add_argument("--lines", type=int, default=2_000_000, help="of the generated file (default: %(default)s)")
    parser.add_argument("--cities", type=int, default=1_000, help="in it (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the generator (default: %(default)s)")
    return parser.parse_args()


def measure(path: Path, server: Postgres, options: argparse.Namespace) -> None:
    """Copy and import by turns, so that neither has the quieter machine."""
    environment = {**os.environ, **server.environment, "DEBUG": "true"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
    begin = time.perf_counter()
    write_sample(path, lines=options.lines, seed=options.seed, cities=options.cities)
    size = path.stat().st_size / 1e6
    console.print(f"Generated {options.lines:,} lines ({size:,.0f} MB) in {time.perf_counter() - begin:.1f} s.")
    with psycopg.connect(server.url, autocommit=True) as database:
        database.execute(
            "INSERT INTO accounts_organization (id, name, slug, created_at)"
            " VALUES (gen_random_uuid(), 'Benchmark', 'benchmark', now())"
        )
        copies = [bare_copy(path, database)]
        first = run_import(path, environment, database)
        copies.append(bare_copy(path, database))
        [(transaction,)] = database.execute("SELECT pg_current_xact_id()::text::bigint").fetchall()
        second = run_import(path, environment, database)
        written = rows_written_since(transaction, database)
    console.print(table_of(options.lines, copies, [first, second]))
    console.print(f"Rows that the second import wrote: {written:,}")


def bare_copy(path: Path, database: psycopg.Connection) -> float:
    """Seconds of a COPY of the file into an ordinary table with a text column for each of the file's."""
    database.execute("CHECKPOINT")
    database.execute(f"CREATE TABLE bare ({COLUMNS})")
    begin = time.perf_counter()
    with path.open("rb") as file, database.cursor().copy("COPY bare FROM STDIN (FORMAT csv, HEADER)") as copy:
        while block := file.read(BLOCK_BYTES):
            copy.write(block)
    seconds = time.perf_counter() - begin
    database.execute("DROP TABLE bare")
    return seconds


def run_import(path: Path, environment: Mapping[str, str], database: psycopg.Connection) -> Run:
    """An import in a process of its own; what it prints is shown."""
    database.execute("CHECKPOINT")
    command = [sys.executable, "manage.py", "import_dvf", str(path), "--organization", "benchmark"]
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return Run(seconds=seconds, peak_megabytes=kilobytes / 1024)


def rows_written_since(transaction: int, database: psycopg.Connection) -> int:
    """How many properties and cities were written by later transactions. Counted by the server: what this process
    keeps in memory would count as its children's, whose peak is measured from their birth."""
    query = (
        "SELECT count(*) FROM (SELECT xmin FROM trackimmo_property UNION ALL SELECT xmin FROM trackimmo_city) AS stored"
        " WHERE xmin::text::bigint > %s"
    )
    [(number,)] = database.execute(query, [transaction]).fetchall()
    return int(number)


def table_of(lines: int, copies: list[float], runs: list[Run]) -> Table:
    """The figures; the imports are compared with the faster copy."""
    table = Table("", "seconds", "lines/s", "of a bare COPY", "peak memory")
    for name, seconds in zip(["bare COPY", "bare COPY, later"], copies, strict=True):
        table.add_row(name, f"{seconds:.1f}", f"{lines / seconds:,.0f}", "", "")
    for name, run in zip(["import", "import again"], runs, strict=True):
        share = f"1/{run.seconds / min(copies):.1f}"
        table.add_row(name, f"{run.seconds:.1f}", f"{lines / run.seconds:,.0f}", share, f"{run.peak_megabytes:.0f} MB")
    for column in table.columns[1:]:
        column.justify = "right"
    return table


if __name__ == "__main__":
    main()
