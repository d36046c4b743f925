"""`python -m devstack.reset`: remove all data of this checkout. Standard library only."""

import shutil
import sys
import time
from pathlib import Path

from devstack.errors import AlreadyRunning
from devstack.lock import RunLock

DATA = Path(__file__).resolve().parent.parent / ".data"
PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 0.2


def main() -> None:
    """Remove `.data/`; refuse while a stack runs on it."""
    if not DATA.exists():
        print("There is no data to remove.")
        return
    try:
        with RunLock(DATA, url=""):
            remove(DATA)
    except AlreadyRunning as error:
        sys.exit(f"Nothing was removed. {error}")
    print(f"Removed {DATA}")


def remove(directory: Path) -> None:
    """Remove `directory`. Raises OSError when that fails for longer than a few seconds.

    The servers of a run that was killed end on their own, and until then change what lies there.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while directory.exists():
        try:
            shutil.rmtree(directory)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)


if __name__ == "__main__":
    main()
