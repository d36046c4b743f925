"""Where the upstream is, as settings say it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from checkin.errors import UpstreamRefused


@dataclass(frozen=True, slots=True)
class Place:
    """An address to put paths behind, and the host with its port; only `host` may be shown."""

    address: str
    host: str

    def __repr__(self) -> str:
        """Not the address: operators may have written credentials into it."""
        return f"Place({self.host})"


def place_at(address: str, *, setting: str) -> Place:
    """The place that a setting names. Raises UpstreamRefused if it names none."""
    if not address:
        raise UpstreamRefused(f"Check-in is switched off: {setting} is empty.")
    try:
        host = urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        raise UpstreamRefused(f"{setting} is not an address.") from None
    return Place(address.rstrip("/"), host)
