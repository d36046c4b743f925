"""Where the wheels keep the real server programs."""

import os
import stat
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from devstack.errors import ServerUnavailable


def find(*, package: str, pattern: str, server: str, variable: str) -> Path:
    """The program of `server` matching the glob `pattern` inside `package`, made runnable.

    Raises ServerUnavailable, telling which environment `variable` names a server instead, when this platform
    has none.
    """
    try:
        root = Path(str(distribution(package).locate_file("")))
    except PackageNotFoundError:
        root = Path(os.devnull)
    for program in root.glob(pattern):
        mode = program.stat().st_mode
        if not mode & stat.S_IXUSR:
            program.chmod(mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        return program
    raise ServerUnavailable(
        f"No embedded {server} for this platform exists; start one and name it: {variable}=… make up"
    )
