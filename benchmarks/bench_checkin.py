"""What refreshing sessions costs, beside what the upstream itself takes: `make bench-checkin`.

On servers of its own, thrown away afterwards, the stand-in of the upstream among them; `_checkin.py` fills and
measures. BENCH_SESSIONS makes the larger number of sessions smaller.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack.postgres import Postgres
from devstack.stack import stop_together
from devstack.upstream.server import Upstream
from devstack.valkey import Valkey

MEASURE = [sys.executable, "-m", "benchmarks._checkin"]
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
FEW, MANY = "1000", os.environ.get("BENCH_SESSIONS", "20000")


def main() -> None:
    """Start the servers, make the tables, measure: the time, then the memory, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-checkin-") as directory:
        root = Path(directory)
        servers = [Postgres(root), Valkey(root), Upstream(root)]
        environment = {**os.environ, "DEBUG": "true", "LOG_FORMAT": "json", "MONGODB_URI": "mongodb://127.0.0.1:1"}
        try:
            for server in servers:
                server.start()
                environment |= server.environment
            subprocess.run(MIGRATE, env=environment, check=True)
            for arguments in (["time"], *([what, number] for number in (FEW, MANY) for what in ("fetch", "memory"))):
                subprocess.run([*MEASURE, *arguments], env=environment, check=True)
        finally:
            stop_together(servers)


if __name__ == "__main__":
    main()
