"""Clients as administrators see them, and as they set them up."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from core.fields import IdField, WholeNumberField
from core.serializers import ChangesIn, PageQuery, StrictSerializer
from trackimmo.models import ClientStatus, JobStatus, Language, PropertyType, Subscription
from trackimmo.serializers.base import Out
from trackimmo.serializers.fields import LineField

MOST_CITIES = 1000


class ClientsQuery(PageQuery):
    """Which clients to list."""

    limit = serializers.IntegerField(min_value=1, max_value=1000, default=50)
    status = serializers.ChoiceField(choices=ClientStatus.choices, required=False)
    search = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Part of a name or of an e-mail address."
    )


class ClientIn(StrictSerializer):
    """A new client. An active one, as he is unless told otherwise, needs a city and a property type."""

    first_name = LineField(max_length=100)
    last_name = LineField(max_length=100)
    email = serializers.EmailField(max_length=254, help_text="No other client of the organization has it.")
    status = serializers.ChoiceField(choices=ClientStatus.choices, required=False)
    subscription_type = serializers.ChoiceField(choices=Subscription.choices, required=False)
    chosen_cities = serializers.ListField(child=IdField(), max_length=MOST_CITIES, required=False)
    property_type_preferences = serializers.ListField(
        child=serializers.ChoiceField(choices=PropertyType.choices), max_length=100, required=False
    )
    addresses_per_report = WholeNumberField(min_value=1, max_value=500, required=False)
    send_day = WholeNumberField(
        min_value=1, max_value=31, required=False, help_text="Of the month; the last one of a shorter month."
    )
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class ClientChangesIn(ChangesIn, ClientIn):
    """What to change of a client; what is left out stays."""


class ClientRowOut(Out):
    """A client in a list."""

    client_id = serializers.UUIDField(source="pk")
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()
    status = serializers.ChoiceField(choices=ClientStatus.choices)
    subscription_type = serializers.ChoiceField(choices=Subscription.choices)
    chosen_cities = serializers.SerializerMethodField()
    property_type_preferences = serializers.ListField(child=serializers.ChoiceField(choices=PropertyType.choices))
    addresses_per_report = serializers.IntegerField()
    created_at = serializers.DateTimeField()

    def get_chosen_cities(self, client: Any) -> list[UUID]:  # noqa: ANN401 -- DRF's own signature
        """The cities' ids."""
        return [city.pk for city in client.chosen_cities.all()]


class ClientOut(ClientRowOut):
    """A client."""

    send_day = serializers.IntegerField()
    language = serializers.ChoiceField(choices=Language.choices)
    unsubscribed_at = serializers.DateTimeField(allow_null=True, help_text="Since when he wants no more e-mails.")
    updated_at = serializers.DateTimeField()


class RecentJobOut(Out):
    """A job in a client's history."""

    job_id = serializers.UUIDField(source="pk")
    status = serializers.ChoiceField(choices=JobStatus.choices)
    created_at = serializers.DateTimeField()


class ChosenCityOut(Out):
    """A city that a client has chosen."""

    city_id = serializers.UUIDField(source="pk")
    name = serializers.CharField()
    postal_code = serializers.CharField()
    insee_code = serializers.CharField()


class ClientDetailOut(Out):
    """A client, what he was given, his last jobs and his cities."""

    client = ClientOut()
    assigned_properties_count = serializers.IntegerField()
    recent_jobs = RecentJobOut(many=True)
    cities = ChosenCityOut(many=True)
