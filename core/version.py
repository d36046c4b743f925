"""The version of the platform; TrackImmo's documented version is a fact of its own contract."""

from typing import Final

VERSION: Final = "0.1.0"
