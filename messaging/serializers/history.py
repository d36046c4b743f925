"""A conversation's history."""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.fields import empty

from core.cursors import NotACursor
from core.fields import AskedTextField
from core.moments import MomentField
from core.reading import ReadQuery
from messaging.documents import STATUSES, TYPES
from messaging.selectors.history import Place, place_of

NO_PLACE: Final = "Neither a next_cursor of this conversation nor an ISO date or time."


class PlaceField(AskedTextField):
    """A place in a conversation: a cursor as it was answered, or a time."""

    def run_validation(self, data: Any = empty) -> Any:  # noqa: ANN401 -- DRF's own signature
        """The place. None if none is asked for."""
        text = super().run_validation(data)
        if text is None:
            return None
        # A cursor is a JSON list in base64, and begins with a W.
        if text[0].isdecimal():
            return Place(MomentField().to_internal_value(text))
        try:
            return place_of(text)
        except NotACursor as error:
            raise ValidationError(NO_PLACE) from error


class HistoryQuery(ReadQuery):
    """Which conversation, and which part of it."""

    conversation_id = serializers.UUIDField(help_text="Conversation to get history for.")
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=50, help_text="Max messages to return.")
    before = PlaceField(help_text="Only what was written before: a next_cursor as it was answered, or an ISO time.")


class HistoryItemOut(serializers.Serializer[Any]):
    """A message, as documented."""

    id = serializers.UUIDField()
    sender_id = serializers.CharField()
    receiver_id = serializers.CharField()
    content = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(choices=TYPES)
    status = serializers.ChoiceField(choices=STATUSES)
    media_url = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()

    class Meta:
        ref_name = "HistoryMessage"


class HistoryOut(serializers.Serializer[Any]):
    """A part of a conversation, the oldest message first."""

    success = serializers.BooleanField(help_text="Always true.")
    conversation_id = serializers.UUIDField()
    count = serializers.IntegerField()
    data = HistoryItemOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class
    next_cursor = serializers.CharField(allow_null=True, help_text="`before` of the part before; null at the start.")

    class Meta:
        ref_name = "MessageHistory"
