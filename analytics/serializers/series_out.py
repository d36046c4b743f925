"""Sums by day and by hour, for Swagger."""

from typing import Any

from rest_framework import serializers


class TotalsOut(serializers.Serializer[Any]):
    """What events add up to."""

    total = serializers.FloatField(help_text="An integer where it is whole.")
    count = serializers.IntegerField(help_text="How many events.")
    average = serializers.FloatField(help_text="To two decimals.")
    min = serializers.FloatField(required=False, help_text="With `extremes`; null of nothing.")
    max = serializers.FloatField(required=False, help_text="With `extremes`; null of nothing.")

    class Meta:
        ref_name = "MetricTotals"


class DayOut(TotalsOut):
    """A day."""

    date = serializers.DateField()

    class Meta:
        ref_name = "MetricDay"


class HourOut(serializers.Serializer[Any]):
    """An hour."""

    hour = serializers.CharField(help_text="As 2026-01-26 23:00; an hour that the clock shows twice is two rows.")
    total = serializers.FloatField(help_text="An integer where it is whole.")
    min = serializers.FloatField(required=False, help_text="With `extremes`; null of nothing.")
    max = serializers.FloatField(required=False, help_text="With `extremes`; null of nothing.")

    class Meta:
        ref_name = "MetricHour"


class PreviousDaysOut(serializers.Serializer[Any]):
    """The period before."""

    count = serializers.IntegerField()
    data = DayOut(many=True)  # type: ignore[assignment]
    totals = TotalsOut()

    class Meta:
        ref_name = "MetricPreviousDays"


class PreviousHoursOut(PreviousDaysOut):
    """The period before."""

    data = HourOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class

    class Meta:
        ref_name = "MetricPreviousHours"


class SeriesOut(serializers.Serializer[Any]):
    """What daily and hourly sums have in common."""

    success = serializers.BooleanField(help_text="Always true.")
    metric_type = serializers.CharField()
    period = serializers.CharField(help_text="As last_30_days or last_24_hours.")
    count = serializers.IntegerField(help_text="How many rows.")
    totals = TotalsOut(required=False, help_text="With `compare`.")
    change_percent = serializers.FloatField(
        required=False,
        help_text="With `compare`: how much the total has risen, of `agents_online` the average; null from nothing.",
    )


class DailyOut(SeriesOut):
    """Sums by day."""

    data = DayOut(many=True, help_text="Oldest first.")  # type: ignore[assignment]
    previous = PreviousDaysOut(required=False, help_text="With `compare`.")

    class Meta:
        ref_name = "MetricDaily"


class HourlyOut(SeriesOut):
    """Sums by hour."""

    data = HourOut(many=True, help_text="Oldest first.")  # type: ignore[assignment]
    previous = PreviousHoursOut(required=False, help_text="With `compare`.")

    class Meta:
        ref_name = "MetricHourly"
