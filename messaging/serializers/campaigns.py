"""Campaigns."""

from typing import Any, Final

from rest_framework import serializers

from core.fields import IdField, TextField
from core.serializers import ChangesIn, StrictSerializer
from messaging.models import CampaignStatus, RecipientStatus
from messaging.serializers.base import CursorQuery, ListOut, OneOut

MOST_NAMED: Final = 10_000
MOST_PARAMETERS: Final = 50


class CampaignsQuery(CursorQuery):
    """Which campaigns."""

    status = serializers.ChoiceField(choices=CampaignStatus.choices, required=False)


class RecipientsQuery(CursorQuery):
    """Which recipients."""

    status = serializers.ChoiceField(choices=RecipientStatus.choices, required=False)


class CampaignIn(StrictSerializer):
    """A campaign."""

    name = TextField(max_length=255)
    body = TextField(max_length=4096, help_text="The text; of a template, what is kept of it.")
    template_name = TextField(max_length=512, required=False, allow_blank=True)
    template_language = TextField(max_length=16, required=False)
    template_parameters = serializers.ListField(
        child=TextField(max_length=1024), required=False, max_length=MOST_PARAMETERS, help_text="For {{1}}, {{2}} …"
    )
    number_id = IdField(required=False, help_text="Left out: your only active number.")


class CampaignChangesIn(ChangesIn, CampaignIn):
    """What changes of a draft."""


class FilterIn(StrictSerializer):
    """Which contacts: all, unless told."""

    active_since = serializers.DateTimeField(required=False, help_text="Messages were exchanged since then.")


class RecipientsIn(StrictSerializer):
    """Contacts by their ids, or by a filter."""

    contact_ids = serializers.ListField(
        child=IdField(), required=False, allow_empty=False, max_length=MOST_NAMED, help_text="At most 10,000."
    )
    filter = FilterIn(required=False)
    replace = serializers.BooleanField(default=False, help_text="Instead of those chosen before.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of both."""
        if ("contact_ids" in attrs) == ("filter" in attrs):
            raise serializers.ValidationError({"contact_ids": ["Give either contact_ids or filter."]})
        return attrs


class ProgressOut(serializers.Serializer[Any]):
    """How many recipients are how far."""

    def get_fields(self) -> dict[str, Any]:
        """The total, and each status."""
        return {name: serializers.IntegerField() for name in ("total", *RecipientStatus.values)}


class CampaignOut(serializers.Serializer[Any]):
    """A campaign."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    body = serializers.CharField()
    template_name = serializers.CharField(allow_blank=True)
    template_language = serializers.CharField()
    template_parameters = serializers.ListField(child=serializers.CharField())
    number_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=CampaignStatus.choices)
    created_by = serializers.UUIDField(allow_null=True)
    created_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    executed_at = serializers.DateTimeField(allow_null=True)
    recipients = ProgressOut()


class RecipientOut(serializers.Serializer[Any]):
    """A recipient."""

    id = serializers.UUIDField()
    contact_id = serializers.UUIDField()
    contact_name = serializers.CharField()
    status = serializers.ChoiceField(choices=RecipientStatus.choices)
    wamid = serializers.CharField(allow_null=True)
    attempts = serializers.IntegerField()
    error_code = serializers.IntegerField(allow_null=True, help_text="Meta's.")
    error = serializers.CharField(allow_blank=True)
    sent_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()


class ChosenOut(serializers.Serializer[Any]):
    """What came of choosing."""

    added = serializers.IntegerField()
    excluded = serializers.IntegerField(help_text="Who was named, and opted out or has no WhatsApp number.")
    total = serializers.IntegerField(help_text="How many there are now.")


class CampaignDoneOut(OneOut):
    """One campaign."""

    data = CampaignOut()  # type: ignore[assignment]  # DRF takes the fields out of the class


class CampaignsOut(ListOut):
    """A page of campaigns."""

    data = CampaignOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class


class RecipientsOut(ListOut):
    """A page of recipients."""

    data = RecipientOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class


class ChosenDoneOut(OneOut):
    """What came of choosing."""

    data = ChosenOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
