"""A draw, explained."""

from datetime import date

from rest_framework import serializers

from core.serializers import QuerySerializer
from trackimmo.models import ClientStatus, PropertyType
from trackimmo.selectors.classification import REASONS
from trackimmo.serializers.base import Out


def _within_the_calendar(day: date) -> None:
    """Refuse days whose age window leaves the calendar."""
    if not 1900 <= day.year <= 2200:
        raise serializers.ValidationError("Must be between 1900 and 2200.")


class DryRunQuery(QuerySerializer):
    """The draw to explain."""

    count = serializers.IntegerField(
        min_value=1, max_value=500, required=False, help_text="As many as in a report unless told."
    )
    date = serializers.DateField(
        required=False, validators=[_within_the_calendar], help_text="The day of the draw; today in Paris unless told."
    )
    seed = serializers.IntegerField(
        min_value=-(2**63),
        max_value=2**63 - 1,
        required=False,
        help_text="Repeats a draw. A new one is made unless told.",
    )


class AgeWindowOut(Out):
    """The sale dates that count, both ends in."""

    earliest = serializers.DateField()
    latest = serializers.DateField()


class CityFiguresOut(Out):
    """How many of a chosen city's sales are eligible."""

    city_id = serializers.UUIDField(source="city.pk")
    name = serializers.CharField(source="city.name")
    eligible = serializers.IntegerField()


class SaleOut(Out):
    """A sale, as far as a draw's explanation shows it."""

    address_id = serializers.UUIDField(source="sale.address_id")
    address_raw = serializers.CharField(source="sale.address_raw")
    city_name = serializers.CharField(source="sale.city_name")
    sale_date = serializers.DateField(source="sale.sale_date")
    price = serializers.IntegerField(source="sale.price", help_text="Euros.")
    property_type = serializers.ChoiceField(source="sale.property_type", choices=PropertyType.choices)


class PickOut(SaleOut):
    """A sale that the draw takes."""

    draw_order = serializers.IntegerField(help_text="1 is drawn first.")
    rank = serializers.IntegerField(help_text="1 is the oldest of the eligible.")
    weight = serializers.IntegerField(help_text="As many as are eligible for the oldest, 1 for the newest.")
    share = serializers.FloatField(help_text="Of the total weight: the chance to be drawn first.")


class LeftOutOut(SaleOut):
    """A sale that cannot be drawn."""

    reason = serializers.ChoiceField(choices=REASONS)


class LeftOutCountsOut(Out):
    """How many sales of the chosen cities are left out, each under its first reason."""

    outside_age_window = serializers.IntegerField()
    other_property_type = serializers.IntegerField()
    already_assigned = serializers.IntegerField()
    address_already_given = serializers.IntegerField()
    newer_sale_at_same_address = serializers.IntegerField()


class DryRunOut(Out):
    """What a draw would do now, and why."""

    client_id = serializers.UUIDField(source="client.pk")
    client_status = serializers.ChoiceField(source="client.status", choices=ClientStatus.choices)
    date = serializers.DateField(source="day")
    window = AgeWindowOut()
    requested_count = serializers.IntegerField()
    eligible_count = serializers.IntegerField()
    short_by = serializers.IntegerField(help_text="How many more were asked for than are eligible.")
    seed = serializers.IntegerField()
    total_weight = serializers.IntegerField()
    cities = CityFiguresOut(many=True)
    picks = PickOut(many=True)
    left_out = LeftOutCountsOut()
    left_out_examples = LeftOutOut(many=True)
