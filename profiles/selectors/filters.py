"""Which records are asked for."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Filters:
    """What a record must be to be asked for; None asks nothing."""

    agent_name: str | None = None
    """The whole name."""
    profile_name: str | None = None
    """The whole name."""
    since: datetime | None = None
    """The earliest timestamp, itself in."""
    until: datetime | None = None
    """The end of the timestamps, itself out."""
    search: str | None = None
    """A part of either name, in whatever case."""
