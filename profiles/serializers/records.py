"""Records, as scripts report them and as they are answered."""

from typing import Any, Final

from rest_framework import serializers
from rest_framework.fields import empty

from core.fields import TextField
from core.serializers import StrictSerializer
from profiles.models.logged_out_profile import LONGEST_REASON
from profiles.serializers.fields import NameField

Out = serializers.Serializer[Any]
REASON: Final = "Why it was logged out, if that is known; at most 1,000 characters."


class ReasonField(TextField):
    """Why it was logged out. A blank one is none."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_REASON, required=False, allow_null=True, allow_blank=True, help_text=REASON)

    def run_validation(self, data: Any = empty) -> str | None:  # noqa: ANN401 -- DRF's own signature
        """As DRF's, and None for nothing."""
        return super().run_validation(data) or None


class RecordIn(StrictSerializer):
    """A logout. When it was is the server's to say."""

    agent_name = NameField(help_text="Trimmed, 1 to 255 characters.")
    profile_name = NameField(help_text="Trimmed, 1 to 255 characters.")
    reason = ReasonField()


class RecordChangesIn(StrictSerializer):
    """What to correct in a record; what is left out stays."""

    agent_name = NameField(required=False)
    profile_name = NameField(required=False)
    reason = ReasonField()


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
