"""A file of sales to download, and what a test asks of it."""

from pathlib import Path

import pytest

from trackimmo.errors import SourceUnavailable
from trackimmo.sources import Deadline, SalesFiles

CONTENT = b"a line of sales\n" * 20_000
BEGUN = 100_000


def get(*, insee_code: str = "33001", year: int = 2019, seconds: float = 20, **options):
    return SalesFiles().get(insee_code=insee_code, year=year, deadline=Deadline.after(seconds), **options)


def assert_fails(problem: str, **options) -> None:
    with pytest.raises(SourceUnavailable) as raised:
        get(**options)
    assert str(raised.value).split(": ", 1)[1] == problem


def left(downloads: Path) -> list[str]:
    """What lies in the directory, by kind."""
    return sorted(path.suffix for path in downloads.iterdir() if path.suffix != ".lock")
