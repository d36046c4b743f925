"""What a day with 10,000 due clients costs, on two worker processes: `make bench-daily`.

On servers of its own, thrown away afterwards; `_daily.py` fills and measures. BENCH_CLIENTS and BENCH_PROPERTIES make
it smaller.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from devstack.mongo import Mongo
from devstack.postgres import Postgres
from devstack.processes import Program
from devstack.smtp_sink import SmtpSink
from devstack.stack import stop_together
from devstack.valkey import Valkey

MEASURE = [sys.executable, "-m", "benchmarks._daily"]
PREPARE = ("migrate", "sync_mongo")
# Nothing is fetched here: what would be asked of the internet is refused at once.
NOWHERE = {"GEO_API_URL": "http://127.0.0.1:1", "DVF_BASE_URL": "http://127.0.0.1:1"}


class CountingPostgres(Postgres):
    """PostgreSQL that counts its statements."""

    def _program(self) -> Program:
        program = super()._program()
        return replace(program, command=[*program.command, "-c", "shared_preload_libraries=pg_stat_statements"])


def main() -> None:
    """Start the servers, make the tables, measure."""
    with tempfile.TemporaryDirectory(prefix="bench-daily-") as directory:
        root = Path(directory)
        servers = [CountingPostgres(root), Valkey(root), Mongo(root), SmtpSink(root)]
        environment = {**os.environ, **NOWHERE, "DEBUG": "true", "LOG_FORMAT": "json", "BENCH_DIRECTORY": directory}
        try:
            for server in servers:
                server.start()
                environment |= server.environment
            for command in PREPARE:
                subprocess.run([sys.executable, "manage.py", command, "--verbosity", "0"], env=environment, check=True)
            subprocess.run(MEASURE, env=environment, check=True)
        finally:
            stop_together(servers)


if __name__ == "__main__":
    main()
