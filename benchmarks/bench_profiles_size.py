"""What the log's answers cost at 10,000 and at 1,000,000 records: `make bench-profiles-size`.

On a PostgreSQL of its own, thrown away afterwards; `_profiles_size.py` fills and measures it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from devstack.postgres import Postgres

MEASURE = [sys.executable, "-m", "benchmarks._profiles_size"]
MIGRATE = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]


def main() -> None:
    """Start the server, make the tables, measure."""
    with tempfile.TemporaryDirectory(prefix="bench-profiles-size-") as directory:
        server = Postgres(Path(directory))
        server.start()
        try:
            environment = {**os.environ, **server.environment, "DEBUG": "true"}
            subprocess.run(MIGRATE, env=environment, check=True)
            subprocess.run(MEASURE, env=environment, check=True)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
