"""A PostgreSQL of a benchmark's own, with its ordinary settings, thrown away afterwards."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from devstack.postgres import Postgres

MIGRATE: Final = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]


def measure(module: str) -> None:
    """Start the server, make the tables, run the module of measurements beside it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        server = Postgres(Path(directory))
        server.start()
        try:
            environment = {**os.environ, **server.environment, "DEBUG": "true"}
            subprocess.run(MIGRATE, env=environment, check=True)
            subprocess.run([sys.executable, "-m", module], env=environment, check=True)
        finally:
            server.stop()
