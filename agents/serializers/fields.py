"""Fields of what callers send of AI agents and what belongs to them."""

from datetime import time
from typing import Any, ClassVar, Final

from rest_framework import serializers

from agents.models.validators import small_object

AS_WRITTEN: Final = ("%H:%M", "%H:%M:%S")


class WordField(serializers.ChoiceField):
    """One of a few words; a refusal names them."""

    def __init__(self, choices: Any, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(choices, **options)
        words = ", ".join(str(word) for word in self.choices if word != "")
        self.error_messages["invalid_choice"] = f"Must be one of: {words}."


class ObjectField(serializers.JSONField):
    """A JSON object of at most 20,000 bytes."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 -- DRF's own signature
        small_object(data)
        return dict(data)


class ClockField(serializers.TimeField):
    """A time of the day, in whole minutes, on the agent's own clock."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Must be a time such as 09:00.",
        "seconds": "Must be a whole minute.",
    }

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(input_formats=AS_WRITTEN, **options)

    def to_internal_value(self, value: Any) -> time:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(value, str):
            self.fail("invalid")
        at: time = super().to_internal_value(value)
        if at.second:
            self.fail("seconds")
        return at
