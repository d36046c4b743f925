"""Where the next page of a list begins that nobody counts: opaque to callers, checked when they send it back."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from core.errors import Invalid

Position = Sequence[str | int | float]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
# What the databases count with; JSON goes beyond.
LARGEST: Final = 2**63 - 1


class NotACursor(Invalid):
    """It was not made by the list that it was sent to."""

    code = "not_a_cursor"

    def __init__(self) -> None:
        super().__init__(fields={"cursor": ["Not a cursor of this list: use next_cursor as it was answered."]})


def cursor_of(*position: str | int | float) -> str:
    """The position as a text for URLs."""
    return urlsafe_b64encode(orjson.dumps(position)).decode().rstrip("=")


def position_of(cursor: str, *kinds: type[str] | type[int] | type[float]) -> Position:
    """The position that `cursor_of` was given, with a value of each of `kinds`. Raises NotACursor."""
    try:
        position: Any = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise NotACursor from None
    if not isinstance(position, list) or [type(value) for value in position] != list(kinds):
        raise NotACursor
    if any(isinstance(value, int) and value > LARGEST for value in position):
        raise NotACursor
    return position


def milliseconds_of(moment: datetime) -> int:
    """Since 1970, as MongoDB keeps times."""
    return (moment - EPOCH) // MILLISECOND


def moment_of(milliseconds: int) -> datetime:
    """The moment, in UTC. Raises NotACursor for one that no calendar has."""
    try:
        return EPOCH + milliseconds * MILLISECOND
    except OverflowError:
        raise NotACursor from None
