"""Lists, statistics and bulk actions of AI agents, beside bare SQL and plain viewsets: `make bench-agents`.

On servers of its own, thrown away afterwards; `_agents.py` fills and measures. BENCH_ROUNDS makes it longer or shorter.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._on_postgres import MIGRATE
from devstack.postgres import Postgres
from devstack.server import Server
from devstack.stack import stop_together
from devstack.valkey import Valkey

MEASURE = [sys.executable, "-m", "benchmarks._agents"]


def main() -> None:
    """Start the servers, make the tables, measure."""
    with tempfile.TemporaryDirectory(prefix="bench-agents-") as directory:
        root = Path(directory)
        servers: list[Server] = [Postgres(root), Valkey(root)]
        environment = {**os.environ, "DEBUG": "true", "LOG_FORMAT": "json", "BENCH_DIRECTORY": directory}
        try:
            for server in servers:
                server.start()
                environment |= server.environment
            subprocess.run(MIGRATE, env=environment, check=True)
            # What is measured in the process of the measurements itself uses the database as the web server does.
            subprocess.run(MEASURE, env={**environment, "DATABASE_POOL": "true"}, check=True)
        finally:
            stop_together(servers)


if __name__ == "__main__":
    main()
