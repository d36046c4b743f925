"""A phone number in a body or a parameter."""

from typing import Any

from rest_framework import serializers

from core.fields import TextField
from core.phones.reading import PhoneInvalid, e164


class PhoneField(TextField):
    """Takes a number however it is written, and gives it as it is kept: E.164."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(**{"help_text": "With + and the country code, as in +33 6 12 34 56 78.", **options})

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 -- DRF's own signature
        """As it is kept."""
        text = super().to_internal_value(data)
        try:
            return e164(text)
        except PhoneInvalid as error:
            raise serializers.ValidationError(
                [message for said in error.fields.values() for message in said]
            ) from error


class PhoneParameter(PhoneField):
    """A number in a parameter, where a plus sign that was not escaped arrives as a blank."""

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 -- DRF's own signature
        """As it is kept."""
        return super().to_internal_value(f"+{data[1:]}" if str(data).startswith(" ") else data)
