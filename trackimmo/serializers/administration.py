"""What administrators ask of the whole, and try out on a client."""

from rest_framework import serializers

from core.fields import IdField, WholeNumberField
from core.serializers import StrictSerializer
from trackimmo.models import PropertyType
from trackimmo.serializers.base import Out


class StatisticsOut(Out):
    """The organization in eight numbers."""

    total_clients = serializers.IntegerField()
    active_clients = serializers.IntegerField()
    total_properties = serializers.IntegerField()
    total_assignments = serializers.IntegerField()
    jobs_pending = serializers.IntegerField()
    jobs_processing = serializers.IntegerField()
    jobs_completed = serializers.IntegerField()
    jobs_failed = serializers.IntegerField()


class TrialIn(StrictSerializer):
    """Which client to try, and with how many properties."""

    client_id = IdField()
    count = WholeNumberField(
        min_value=1, max_value=500, required=False, help_text="As many as in a report unless told."
    )


class TrialPropertyOut(Out):
    """A sale that the client was given."""

    address_raw = serializers.CharField()
    city_name = serializers.CharField(source="city.name")
    price = serializers.IntegerField(help_text="Euros.")
    property_type = serializers.ChoiceField(choices=PropertyType.choices)


class TrialOut(Out):
    """What the client was given."""

    success = serializers.BooleanField()
    client_id = serializers.UUIDField()
    properties_assigned = serializers.IntegerField()
    email_sent = serializers.BooleanField(help_text="Whether his notification is on its way.")
    properties = TrialPropertyOut(many=True)
    message = serializers.CharField()


class ResetOut(Out):
    """How much was taken back."""

    success = serializers.BooleanField()
    deleted_assignments = serializers.IntegerField()
    message = serializers.CharField()
