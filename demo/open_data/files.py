"""The sales of a commune and a year, as files to download."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from demo.open_data.communes import COMMUNES
from trackimmo.dvf.sample import sample_of

# DVF begins here. The official site keeps the last five years only; a demonstration of older sales needs them all.
FIRST_YEAR: Final = 2014
FEWEST_LINES, MOST_LINES, INHABITANTS_OF_A_LINE = 150, 4_000, 30


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file's bytes and which edition of it they are."""

    content: bytes
    etag: str
    modified_at: datetime


@lru_cache(maxsize=64)
def published_file(*, year: int, department: str, insee_code: str) -> PublishedFile | None:
    """The file of that place and year, or None where none is published: the place is unknown or the year not over."""
    commune = COMMUNES.get(insee_code)
    if commune is None or commune.department_code != department or not FIRST_YEAR <= year < datetime.now(UTC).year:
        return None
    lines = min(max(commune.population // INHABITANTS_OF_A_LINE, FEWEST_LINES), MOST_LINES)
    content = sample_of(commune, year=year, lines=lines)
    return PublishedFile(
        content=content,
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        modified_at=datetime(year + 1, 4, 1, tzinfo=UTC),
    )
