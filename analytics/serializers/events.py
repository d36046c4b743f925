"""Events that programs hand in."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils.timezone import now
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from analytics.numbers import DECIMALS, LARGEST
from analytics.serializers.words import MetricField
from core.fields import TextField
from core.moments import InstantField
from core.serializers import StrictSerializer

# As many as the largest has before the point, and after it.
DIGITS: Final = len(str(LARGEST)) + DECIMALS
MOST_EVENTS: Final = 1000
MOST_DIMENSIONS: Final = 10
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=1)
NAME: Final = r"^[A-Za-z0-9_-]{1,40}$"


class MomentOfEventField(InstantField):
    """When it was; clocks may be wrong by a day at most."""

    default_error_messages = {
        "before": "Must not be before 2000.",
        "ahead": "Must not be more than a day ahead.",
    }

    def to_internal_value(self, value: Any) -> datetime:  # noqa: ANN401 -- DRF's own signature
        """The moment."""
        moment = super().to_internal_value(value)
        if moment < FIRST:
            self.fail("before")
        if moment > now() + AHEAD:
            self.fail("ahead")
        return moment


class DimensionsField(serializers.DictField):
    """A few short texts by their names."""

    child = TextField(max_length=100)
    default_error_messages = {
        "many": f"Must not be more than {MOST_DIMENSIONS}.",
        "name": "Names are 1 to 40 letters, digits, hyphens and underscores.",
    }

    def to_internal_value(self, data: Any) -> dict[str, str]:  # noqa: ANN401 -- DRF's own signature
        """The texts by their names."""
        if isinstance(data, dict) and len(data) > MOST_DIMENSIONS:
            self.fail("many")
        found: dict[str, str] = super().to_internal_value(data)
        name = serializers.RegexField(NAME)
        for key in found:
            try:
                name.run_validation(key)
            except ValidationError:
                self.fail("name")
        return found


class ValueField(serializers.DecimalField):
    """A number, or a text of one where a number of JSON would lose digits."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(max_digits=DIGITS, decimal_places=DECIMALS, min_value=-LARGEST, max_value=LARGEST, **options)

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            self.fail("invalid")
        return super().to_internal_value(data)


class EventIn(StrictSerializer):
    """Something that was counted, or the value of a gauge."""

    metric = MetricField()
    value = ValueField(default=1)
    at = MomentOfEventField(default=None, help_text="Now unless told; 2000 at the earliest, tomorrow at the latest.")
    dimensions = DimensionsField(default=dict, help_text="At most 10 short texts, kept with the event.")
    id = TextField(max_length=100, default=None, help_text="The caller's own: of events with one id the first counts.")


class EventsField(serializers.ListField):
    """Events, of which none is looked at if they are too many."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        """The events."""
        if isinstance(data, list):
            if not data:
                raise ValidationError([ErrorDetail("Must not be empty.", "empty")])
            self.run_validators(data)
        return super().to_internal_value(data)


class EventsIn(StrictSerializer):
    """A batch, of which all is taken in or nothing."""

    events = EventsField(child=EventIn(), max_length=MOST_EVENTS)


class EventIdOut(serializers.Serializer[Any]):
    """An event that was taken in."""

    id = serializers.UUIDField()

    class Meta:
        ref_name = "MetricEventId"


class EventsOut(serializers.Serializer[Any]):
    """What was taken in, for Swagger."""

    success = serializers.BooleanField(help_text="Always true.")
    count = serializers.IntegerField()
    data = EventIdOut(many=True, help_text="The events' ids, in the order in which they came.")  # type: ignore[assignment]

    class Meta:
        ref_name = "MetricEvents"
