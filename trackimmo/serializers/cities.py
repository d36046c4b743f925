"""Cities, and how they are set up."""

from rest_framework import serializers

from core.fields import TextField, WholeNumberField
from core.serializers import ChangesIn, PageQuery, StrictSerializer
from trackimmo.models import validators
from trackimmo.serializers.base import Out
from trackimmo.serializers.fields import LineField

MOST_PEOPLE = 100_000_000


class CitiesQuery(PageQuery):
    """Which cities to list."""

    search = serializers.CharField(required=False, allow_blank=True, max_length=120, help_text="Part of a name.")
    insee_code = serializers.CharField(
        required=False, validators=[validators.insee_code], help_text="Of the commune, or of one merged into it."
    )


class CityIn(StrictSerializer):
    """A new city. Its main postal code is the first of all, its department what its INSEE code begins with."""

    insee_code = TextField(validators=[validators.insee_code])
    name = LineField(max_length=120)
    postal_code = TextField(allow_blank=True, required=False, validators=[validators.postal_code])
    postal_codes = serializers.ListField(
        child=TextField(validators=[validators.postal_code]), max_length=100, required=False
    )
    department_code = TextField(allow_blank=True, required=False, validators=[validators.department_code])
    region_name = LineField(max_length=80, allow_blank=True, required=False)
    population = WholeNumberField(min_value=0, max_value=MOST_PEOPLE, allow_null=True, required=False)


class CityChangesIn(ChangesIn, CityIn):
    """What to change of a city; what is left out stays."""


class CityOut(Out):
    """A city."""

    city_id = serializers.UUIDField(source="pk")
    name = serializers.CharField()
    postal_code = serializers.CharField()
    insee_code = serializers.CharField()
    postal_codes = serializers.ListField(child=serializers.CharField())
    department_code = serializers.CharField()
    region_name = serializers.CharField()
    population = serializers.IntegerField(allow_null=True)
    refreshed_at = serializers.DateTimeField(allow_null=True, help_text="When the commune's data was last confirmed.")
