"""Moments that callers name: in parameters, where a day or a second is meant as a whole, and in bodies."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

# A plus sign that was not escaped arrives as a blank: 2025-07-13T10:30:00 02:00.
OFFSET_LENGTH: Final = 6
# Who means for ever says 9999-12-31.
LAST: Final = datetime.max.replace(tzinfo=UTC)


class MomentField(serializers.Field[Any, Any, Any, Any]):
    """An ISO date or time; a time without an offset is UTC. Its value is where what is said begins.

    With `end`, it is where what is said has ended: a day's midnight, or the next second if no fraction is given, since
    answers have none either.
    """

    default_error_messages = {"invalid": "Not an ISO date or time, as 2025-07-13 or 2025-07-13T10:30:00Z."}

    def __init__(self, *, end: bool = False, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(default=None, **options)
        self._end = end

    def run_validation(self, data: Any = empty) -> datetime | None:  # noqa: ANN401 -- DRF's own signature
        """As DRF's; an empty text, as forms send it, asks nothing."""
        return None if data == "" else super().run_validation(data)

    def to_internal_value(self, data: Any) -> datetime:  # noqa: ANN401 -- DRF's own signature
        """The moment, in UTC."""
        try:
            return _ended(str(data)) if self._end else _begun(str(data))[0]
        except (ValueError, OverflowError):
            self.fail("invalid")


def _begun(text: str) -> tuple[datetime, timedelta]:
    """When it begins, and how long it lasts."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC), timedelta(days=1)
    except ValueError:
        head, blank, offset = text[:-OFFSET_LENGTH], text[-OFFSET_LENGTH:][:1], text[-OFFSET_LENGTH:][1:]
        said = datetime.fromisoformat(f"{head}+{offset}" if blank == " " and ":" in head else text)
    moment = said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    return moment, timedelta(microseconds=1) if said.microsecond else timedelta(seconds=1)


def _ended(text: str) -> datetime:
    begins, lasts = _begun(text)
    return min(begins, LAST - lasts) + lasts


class InstantField(serializers.DateTimeField):
    """An ISO time in a body, of the years 1900 to 2199; without an offset it is UTC. Its value is in UTC."""

    default_error_messages = {
        "text": "Must be an ISO time, as 2025-10-02T14:30:00Z.",
        "calendar": "Must be between 1900 and 2199.",
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> datetime:  # noqa: ANN401 -- DRF's own signature
        """The moment."""
        if not isinstance(value, str):
            self.fail("text")
        moment: datetime = super().to_internal_value(value)
        if not 1900 <= moment.year < 2200:
            self.fail("calendar")
        return moment
