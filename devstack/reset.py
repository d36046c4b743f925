"""`python -m devstack.reset`: remove all data of this checkout. Standard library only."""

import shutil
import sys
from pathlib import Path

from devstack.errors import AlreadyRunning
from devstack.lock import RunLock

DATA = Path(__file__).resolve().parent.parent / ".data"


def main() -> None:
    """Remove `.data/`; refuse while a stack runs on it."""
    if not DATA.exists():
        print("There is no data to remove.")
        return
    try:
        with RunLock(DATA, url=""):
            shutil.rmtree(DATA)
    except AlreadyRunning as error:
        sys.exit(f"Nothing was removed. {error}")
    print(f"Removed {DATA}")


if __name__ == "__main__":
    main()
