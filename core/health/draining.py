"""Saying that this server is about to stop, so that a balancer looks elsewhere before it does.

The process that supervises the web workers announces it; the workers, which are other processes, answer `/readyz`.
What they share is a file, named in the environment that the workers inherit.
"""

import os
from pathlib import Path
from typing import Final

VARIABLE: Final = "DRAINING_FILE"


def announce() -> None:
    """Make every worker's `/readyz` answer 503 from now on."""
    path = Path(os.environ[VARIABLE])
    path.parent.mkdir(parents=True, exist_ok=True)  # somebody may have cleaned up temporary files
    path.touch()


def is_draining() -> bool:
    """Whether this server is about to stop. Always False where nobody can announce it, as under `runserver`."""
    path = os.environ.get(VARIABLE)
    return path is not None and Path(path).exists()
