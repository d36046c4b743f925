"""A conversation's history."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.cursors import NotACursor
from core.moments import MomentField
from core.reading import ReadQuery
from messaging.documents import STATUSES, TYPES
from messaging.selectors.history import Place, place_of

NO_PLACE = "Neither a next_cursor of this conversation nor an ISO date or time."


class PlaceField(serializers.CharField):
    """A place in a conversation: a cursor as it was answered, or a time. An empty one is none."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(max_length=200, allow_blank=True, default=None, **options)

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        """The place."""
        text = super().to_internal_value(data)
        # A cursor is a JSON list in base64, and begins with a W.
        if text[:1].isdecimal():
            return Place(MomentField().to_internal_value(text))
        try:
            return place_of(text) if text else None
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
