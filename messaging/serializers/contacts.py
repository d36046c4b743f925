"""Contacts."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.fields import AskedTextField, TextField, YesNoField
from core.phones import PhoneInvalid
from core.serializers import ChangesIn, StrictSerializer
from messaging.serializers.base import CursorQuery, ListOut, OneOut
from messaging.services.keeping import wa_id_of


class WhatsAppIdField(TextField):
    """A phone number however it is written, also in digits alone as WhatsApp does; in digits alone it is kept."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(**{"help_text": "The number with its country code, as in +33 6 12 34 56 78.", **options})

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 -- DRF's own signature
        """As WhatsApp names whoever has the number."""
        text = super().to_internal_value(data)
        try:
            return wa_id_of(text)
        except PhoneInvalid as error:
            raise ValidationError(list(error.fields["wa_id"])) from error


class ContactsQuery(CursorQuery):
    """Which contacts."""

    q = AskedTextField(help_text="Part of a name or of a number.")
    opted_out = serializers.BooleanField(
        allow_null=True, default=None, help_text="Who wants no campaigns, or the others."
    )


class ContactIn(StrictSerializer):
    """A contact."""

    wa_id = WhatsAppIdField()
    name = TextField(max_length=255, allow_blank=True, required=False)
    opted_out = YesNoField(required=False, help_text="Whoever opted out gets no campaign.")


class ContactChangesIn(ChangesIn, ContactIn):
    """What changes of a contact. Who has a number keeps it."""


class ContactOut(serializers.Serializer[Any]):
    """A contact."""

    id = serializers.UUIDField()
    wa_id = serializers.CharField(allow_null=True, help_text="The number in digits; null of whom a file named only.")
    name = serializers.CharField(allow_blank=True)
    opted_out_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    class Meta:
        ref_name = "Contact"


class ContactsOut(ListOut):
    """A page of contacts."""

    data = ContactOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "Contacts"


class ContactDoneOut(OneOut):
    """One contact."""

    data = ContactOut()  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "ContactShown"
