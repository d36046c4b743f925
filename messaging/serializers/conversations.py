"""Conversations."""

from typing import Any

from rest_framework import serializers

from core.fields import AskedIdField
from messaging.models import ConversationStatus
from messaging.serializers.base import CursorQuery, ListOut, OneOut


class ConversationsQuery(CursorQuery):
    """Which conversations."""

    status = serializers.ChoiceField(choices=ConversationStatus.values, allow_blank=True, default=None)
    contact_id = AskedIdField(help_text="With this contact only.")

    def validate_status(self, value: str | None) -> str | None:
        """An empty one, as forms send it, asks nothing."""
        return value or None


class ConversationOut(serializers.Serializer[Any]):
    """A conversation."""

    conversation_id = serializers.UUIDField()
    contact_id = serializers.UUIDField(allow_null=True)
    contact_name = serializers.CharField(allow_null=True, help_text="His name, or the number of whom none is known.")
    number_id = serializers.UUIDField(allow_null=True, help_text="The number of ours that it is with.")
    status = serializers.ChoiceField(choices=ConversationStatus.values)
    opened_at = serializers.DateTimeField()
    last_message_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.UUIDField(allow_null=True)

    class Meta:
        ref_name = "Conversation"


class ConversationsOut(ListOut):
    """A page of conversations."""

    data = ConversationOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "Conversations"


class ConversationDoneOut(OneOut):
    """One conversation."""

    data = ConversationOut()  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "ConversationShown"
