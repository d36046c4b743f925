"""How much a look does of an organization in one step: it holds its locks for a moment only."""

from typing import Final

MOST_AT_ONCE: Final = 500
