"""Search, history, metrics and the audit log, each beside MongoDB's own bare command: `make bench-mongo`.

On servers of its own, thrown away afterwards. BENCH_MESSAGES (1,000,000), BENCH_EVENTS (10,000,000), BENCH_ENTRIES
(50,000) and BENCH_ROUNDS make it smaller; BENCH_ONLY=messages, metrics or audit leaves the others out.
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

PARTS = ("messages", "metrics", "audit")
PREPARE = ("migrate", "sync_mongo")


def main() -> None:
    """Start the servers, make tables and collections, measure, each part in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-mongo-") as directory:
        root = Path(directory)
        servers: list[Server] = [Postgres(root), Valkey(root), Mongo(root)]
        environment = {
            **os.environ,
            "DEBUG": "true",
            "LOG_LEVEL": "WARNING",
            "AUDIT_CHECKPOINTS_FILE": str(root / "checkpoints.ndjson"),
        }
        try:
            for server in servers:
                server.start()
                environment |= server.environment
            for command in PREPARE:
                subprocess.run([sys.executable, "manage.py", command, "--verbosity", "0"], env=environment, check=True)
            for part in PARTS:
                if part in os.environ.get("BENCH_ONLY", part):
                    subprocess.run([sys.executable, "-m", f"benchmarks._mongo_{part}"], env=environment, check=True)
        finally:
            stop_together(servers)


if __name__ == "__main__":
    main()
