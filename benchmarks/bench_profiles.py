"""The log of logged-out profiles beside the same with FastAPI, SQLAlchemy and Pydantic: `make bench-profiles`.

On servers of its own, thrown away afterwards: both applications use one PostgreSQL with its ordinary settings, and
have as many worker processes; `_profiles.py` fills and measures. BENCH_ROWS, BENCH_ROUNDS and BENCH_SECONDS make it
smaller or longer.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack.mongo import Mongo
from devstack.postgres import Postgres
from devstack.server import Server
from devstack.stack import stop_together
from devstack.valkey import Valkey

MEASURE = [sys.executable, "-m", "benchmarks._profiles"]
PREPARE = ("migrate", "sync_mongo")


def main() -> None:
    """Start the servers, make the tables, measure."""
    with tempfile.TemporaryDirectory(prefix="bench-profiles-") as directory:
        root = Path(directory)
        servers: list[Server] = [Postgres(root), Valkey(root), Mongo(root)]
        environment = {**os.environ, "DEBUG": "true", "LOG_FORMAT": "json", "BENCH_DIRECTORY": directory}
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
