"""The frame of every answer: `{success, message, data}`."""

from typing import Any

from rest_framework import serializers

Out = serializers.Serializer[Any]


class AnswerOut(Out):
    """An answer; each subclass says what its `data` is."""

    success = serializers.BooleanField()
    message = serializers.CharField()


class CheckinErrorOut(Out):
    """Any error."""

    success = serializers.BooleanField(help_text="`false`.")
    message = serializers.CharField(help_text="`API Error`.")
    error = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes the fields out of the class
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Per field at fault."
    )
