"""Clients as administrators see them."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from trackimmo.models import ClientStatus, JobStatus, PropertyType, Subscription
from trackimmo.serializers.base import Out


class ClientOut(Out):
    """A client as administrators see him."""

    client_id = serializers.UUIDField(source="pk")
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    email = serializers.EmailField()
    status = serializers.ChoiceField(choices=ClientStatus.choices)
    subscription_type = serializers.ChoiceField(choices=Subscription.choices)
    chosen_cities = serializers.SerializerMethodField()
    property_type_preferences = serializers.ListField(child=serializers.ChoiceField(choices=PropertyType.choices))

    def get_chosen_cities(self, client: Any) -> list[UUID]:  # noqa: ANN401 -- DRF's own signature
        """The cities' ids."""
        return [city.pk for city in client.chosen_cities.all()]


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
