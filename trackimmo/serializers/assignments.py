"""What a client was given."""

from rest_framework import serializers

from core.fields import TextField
from core.serializers import PageQuery, StrictSerializer
from trackimmo.models import AssignmentStatus, PropertyType
from trackimmo.serializers.base import Out

LONGEST_NOTES = 10_000


class ClientPropertiesQuery(PageQuery):
    """Which of a client's properties to list."""

    status = serializers.ChoiceField(
        choices=AssignmentStatus.choices, required=False, help_text="How far the client got with them."
    )


class AssignmentChangesIn(StrictSerializer):
    """What to note; what is left out stays."""

    status = serializers.ChoiceField(choices=AssignmentStatus.choices, required=False)
    notes = TextField(
        max_length=LONGEST_NOTES, required=False, allow_null=True, allow_blank=True, trim_whitespace=False
    )


class AssignmentInfoOut(Out):
    """What became of a sale at its client's."""

    status = serializers.ChoiceField(choices=AssignmentStatus.choices)
    send_date = serializers.DateTimeField()
    notes = serializers.CharField(allow_null=True)


class AssignedPropertyOut(Out):
    """A sale that a client was given."""

    address_id = serializers.UUIDField(source="property_id")
    address_raw = serializers.CharField(source="property.address_raw")
    city_name = serializers.CharField(source="property.city.name")
    price = serializers.IntegerField(source="property.price", help_text="Euros.")
    surface = serializers.IntegerField(source="property.surface", allow_null=True, help_text="Square metres.")
    rooms = serializers.IntegerField(source="property.rooms", allow_null=True)
    property_type = serializers.ChoiceField(source="property.property_type", choices=PropertyType.choices)
    sale_date = serializers.DateField(source="property.sale_date")
    client_address_info = AssignmentInfoOut(source="*")


class ClientPropertiesOut(Out):
    """A page of what a client was given."""

    success = serializers.BooleanField()
    client_id = serializers.UUIDField()
    total_count = serializers.IntegerField()
    returned_count = serializers.IntegerField()
    properties = AssignedPropertyOut(many=True)
