"""The list of metrics."""

from typing import Any

from rest_framework import serializers


class MetricOut(serializers.Serializer[Any]):
    """A metric."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF takes the fields out of the class
    description = serializers.CharField()
    type = serializers.ChoiceField(choices=["counter", "gauge"])

    class Meta:
        ref_name = "Metric"


class MetricsOut(serializers.Serializer[Any]):
    """All of them, for Swagger."""

    success = serializers.BooleanField(help_text="Always true.")
    count = serializers.IntegerField()
    data = MetricOut(many=True)  # type: ignore[assignment]

    class Meta:
        ref_name = "Metrics"
