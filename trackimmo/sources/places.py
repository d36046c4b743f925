"""Addresses as operators write them in settings."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from trackimmo.errors import SourceUnavailable

WEB = ("http", "https")
FILE = "file"
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is. `address` and `host` may be shown; `credentials` go to that host and nowhere else."""

    address: str
    host: str
    scheme: str
    credentials: tuple[str, str] | None

    @property
    def name(self) -> str:
        """The address, as much of it as is kept."""
        return self.address[:LONGEST_NAME]

    @property
    def is_web(self) -> bool:
        """Whether it is reached over HTTP; files are the other kind."""
        return self.scheme in WEB


def place_at(url: str, *, setting: str) -> Place:
    """The place that a setting names. Raises SourceUnavailable, naming the setting, for what we cannot read from."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError as error:
        raise SourceUnavailable(setting, "this is not an address") from error
    if not ((parts.scheme in WEB and parts.hostname) or (parts.scheme == FILE and parts.path)):
        raise SourceUnavailable(setting, "only addresses that begin with http://, https:// or file:/// are read")
    host = f"{parts.hostname or ''}{port}"
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")
    return Place(address=address, host=host or address, scheme=parts.scheme, credentials=_credentials(parts))


def _credentials(parts: SplitResult) -> tuple[str, str] | None:
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
