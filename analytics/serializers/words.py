"""What bodies and parameters name alike."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from rest_framework import serializers

from analytics.metrics import IDS
from core.clocks import zone_names

NO_SUCH_METRIC: Final = 'There is no metric "{{input}}": there are {}.'.format(", ".join(IDS))


class MetricField(serializers.ChoiceField):
    """A metric's id."""

    default_error_messages = {"invalid_choice": NO_SUCH_METRIC}

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(choices=IDS, **options)


class ZoneField(serializers.CharField):
    """A time zone by its IANA name."""

    default_error_messages = {"zone": "Must be a time zone's IANA name, such as Europe/Paris."}

    def to_internal_value(self, data: Any) -> ZoneInfo:  # type: ignore[override]  # noqa: ANN401 -- DRF's own signature
        """The zone."""
        name = super().to_internal_value(data)
        if name not in zone_names():
            self.fail("zone")
        return ZoneInfo(name)

    def get_default(self) -> Any:  # noqa: ANN401 -- DRF's own signature
        """The zone that is named as the default."""
        return self.to_internal_value(super().get_default())
