"""What TrackImmo's endpoints take and answer, field by field as documented."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from core.errors import Invalid
from core.serializers import StrictSerializer
from trackimmo.models import AssignmentStatus, ClientStatus, JobStatus, PropertyType, Subscription

NOT_A_UUID = "Must be a valid UUID."
Out = serializers.Serializer[Any]


def id_in_path(value: str, *, name: str) -> UUID:
    """An id written into a URL. Raises Invalid, naming it."""
    try:
        return UUID(value)
    except ValueError as error:
        raise Invalid(fields={name: [NOT_A_UUID]}) from error


class IdField(serializers.UUIDField):
    """A UUID written as text; DRF alone would take a number for one."""

    def to_internal_value(self, data: Any) -> UUID:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class ErrorOut(Out):
    """Any error."""

    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes the fields out of the class
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Per field at fault."
    )


class VersionOut(Out):
    """The version that TrackImmo's documents promise."""

    version = serializers.CharField()
    service = serializers.CharField()


class HealthOut(Out):
    """Whether the service answers."""

    status = serializers.CharField()
    service = serializers.CharField()
    version = serializers.CharField()


class ProcessClientIn(StrictSerializer):
    """Which client to process."""

    client_id = IdField()


class JobAcceptedOut(Out):
    """The job that does it."""

    success = serializers.BooleanField()
    job_id = serializers.UUIDField()
    client_id = serializers.UUIDField()
    message = serializers.CharField()


class JobStatusOut(Out):
    """How far a job is."""

    job_id = serializers.UUIDField(source="pk")
    client_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    properties_assigned = serializers.IntegerField()
    error_message = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    progress = serializers.DictField(help_text="`step` and `percent`, once a worker has begun.")


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
