"""What forms and bodies check alike."""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError

from core.clocks import zone_names
from core.rendering import to_json

MOST_BYTES: Final = 20_000
# Beyond it, PostgreSQL and JSON's readers write and read different numbers.
LARGEST_NUMBER: Final = 2**63


def time_zone(name: str) -> None:
    """Raises ValidationError for a name that the IANA database does not have."""
    if name not in zone_names():
        raise ValidationError("Must be a time zone's IANA name, such as Europe/Paris.", code="time_zone")


def small_object(value: object) -> None:
    """Raises ValidationError for what is no JSON object, is over 20,000 bytes, or has numbers beyond 64 bits in it."""
    if not isinstance(value, Mapping):
        raise ValidationError("Must be an object.", code="object")
    if _has_large_number(value):
        raise ValidationError("Numbers must be less than 2 to the power of 63.", code="number")
    if len(to_json(value)) > MOST_BYTES:
        raise ValidationError(f"Must not be over {MOST_BYTES:,} bytes.", code="bytes")


def _has_large_number(root: object) -> bool:
    queue = [root]
    while queue:
        value = queue.pop()
        if isinstance(value, Mapping):
            queue.extend(value.values())
        elif isinstance(value, list):
            queue.extend(value)
        elif isinstance(value, int | float) and abs(value) >= LARGEST_NUMBER:
            return True
    return False
