"""Files named on a command line."""

from argparse import ArgumentTypeError
from pathlib import Path


def existing_file(text: str) -> Path:
    """The path of a file that is there."""
    path = Path(text)
    if not path.is_file():
        raise ArgumentTypeError(f"no such file: {text}")
    return path
