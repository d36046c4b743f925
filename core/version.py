"""The version of the platform; TrackImmo's documented version is a fact of its own contract."""

from typing import Final
from urllib.parse import quote

from django.conf import settings

VERSION: Final = "0.1.0"


def user_agent() -> str:
    """What other hosts are told of us: our name, our version, and where we can be found."""
    return f"Switchboard/{VERSION} (+{quote(settings.API_BASE_URL, safe=':/')})"
