"""Records, as scripts report them and as they are answered."""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

from core.fields import TextField
from core.serializers import StrictSerializer
from profiles.models.logged_out_profile import LONGEST_REASON
from profiles.serializers.fields import NameField

Out = serializers.Serializer[Any]
NAMES: Final = frozenset({"agent_name", "profile_name"})
SET_BY_SERVER: Final = frozenset({"id", "timestamp", "created_at", "updated_at"})
NAME_TO_CORRECT: Final = "Trimmed, 1 to 255 characters; null leaves it as it is if the other name is given."
REASON: Final = "Why it was logged out, if that is known; at most 1,000 characters."


class ReasonField(TextField):
    """Why it was logged out. A blank one is none."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_REASON, required=False, allow_null=True, allow_blank=True, help_text=REASON)

    def run_validation(self, data: Any = empty) -> str | None:  # noqa: ANN401 -- DRF's own signature
        """As DRF's, and None for nothing."""
        return super().run_validation(data) or None


class RecordBody(StrictSerializer):
    """A record as it is sent. What the server sets may come along, as it was answered, and changes nothing."""

    id = serializers.IntegerField(read_only=True)
    timestamp = serializers.DateTimeField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name not in SET_BY_SERVER}
        return super().to_internal_value(data)


class RecordIn(RecordBody):
    """A logout. When it was is the server's to say."""

    agent_name = NameField(help_text="Trimmed, 1 to 255 characters.")
    profile_name = NameField(help_text="Trimmed, 1 to 255 characters.")
    reason = ReasonField()


class RecordChangesIn(RecordBody):
    """What to correct in a record; what is left out stays, and so does a name that is null beside the other one."""

    agent_name = NameField(required=False, help_text=NAME_TO_CORRECT)
    profile_name = NameField(required=False, help_text=NAME_TO_CORRECT)
    reason = ReasonField()

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, dict) and any(data.get(name) is not None for name in NAMES):
            data = {name: value for name, value in data.items() if name not in NAMES or value is not None}
        return super().to_internal_value(data)


class RecordOut(Out):
    """A record. Times are UTC, to the second."""

    id = serializers.IntegerField()
    agent_name = serializers.CharField()
    profile_name = serializers.CharField()
    timestamp = serializers.DateTimeField(help_text="When the server was told.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_null=True)


class PageOut(Out):
    """A part of the log, newest first."""

    items = RecordOut(many=True)
    total = serializers.IntegerField(help_text="How many records match in all.")
    page = serializers.IntegerField(help_text="The number of this page, beginning with 1.")
    per_page = serializers.IntegerField(help_text="The limit.")
    total_pages = serializers.IntegerField()
