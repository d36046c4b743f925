"""A message that is handed in."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.validators import URLValidator
from django.utils import timezone
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.fields import IdField, TextField
from core.moments import InstantField
from core.serializers import StrictSerializer
from messaging.documents import STATUSES, TYPES
from messaging.serializers.history import HistoryItemOut

LONGEST_CONTENT: Final = 4096
LONGEST_NAME: Final = 255
# Nothing of them is written, or nothing need be: what they are is in `media_url`, or nowhere.
WITHOUT_TEXT: Final = frozenset(
    {"image", "audio", "video", "document", "sticker", "location", "contacts", "unsupported"}
)
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(days=1)


class MessageIn(StrictSerializer):
    """A message."""

    conversation_id = IdField(help_text="One that is not known is opened.")
    sender_id = TextField(max_length=LONGEST_NAME)
    receiver_id = TextField(max_length=LONGEST_NAME)
    content = TextField(
        max_length=LONGEST_CONTENT,
        allow_blank=True,
        trim_whitespace=False,
        help_text="As it was written. May be empty of what is no text.",
    )
    type = serializers.ChoiceField(choices=TYPES, default="text")
    status = serializers.ChoiceField(choices=STATUSES, default="sent")
    media_url = TextField(
        max_length=2000, allow_null=True, default=None, validators=[URLValidator(schemes=["http", "https"])]
    )
    created_at = InstantField(required=False, help_text="From 2000 until a day from now; now unless told.")
    id = TextField(
        required=False, max_length=100, help_text="Your own id of it: sent again, the same message is not a second one."
    )

    def validate_created_at(self, value: datetime) -> datetime:
        """Not from before there was any such thing, nor from the future, but for clocks that are wrong."""
        if not FIRST <= value <= timezone.now() + AHEAD:
            raise ValidationError("Must be between 2000 and a day from now.")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A text says something. The caller's own id is his `client_id`."""
        if not attrs["content"].strip() and attrs["type"] not in WITHOUT_TEXT:
            raise ValidationError({"content": ["This field may not be blank."]})
        if "id" in attrs:
            attrs["client_id"] = attrs.pop("id")
        return attrs


class MessageOut(HistoryItemOut):
    """A message and whose it is."""

    conversation_id = serializers.UUIDField()

    class Meta:
        ref_name = "Message"


class MessageDoneOut(serializers.Serializer[Any]):
    """A message that was taken in."""

    success = serializers.BooleanField(help_text="Always true.")
    data = MessageOut()  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "MessageTakenIn"
