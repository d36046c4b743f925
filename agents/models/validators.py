"""What forms and bodies check alike."""

import zoneinfo
from functools import cache

from django.core.exceptions import ValidationError


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def time_zone(name: str) -> None:
    """Raises ValidationError for a name that the IANA database does not have."""
    if name not in _zones():
        raise ValidationError("Must be a time zone's IANA name, such as Europe/Paris.", code="time_zone")
