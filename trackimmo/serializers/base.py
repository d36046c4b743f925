"""What all of TrackImmo's bodies have in common."""

from typing import Any
from uuid import UUID

from rest_framework import serializers

from core.serializers import StrictSerializer

Out = serializers.Serializer[Any]


class IdField(serializers.UUIDField):
    """A UUID written as text; DRF alone would take a number for one."""

    def to_internal_value(self, data: Any) -> UUID:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class ChangesIn(StrictSerializer):
    """Mixed into what creates something: the same fields, none of them required. What is left out stays."""

    def get_fields(self) -> dict[str, Any]:
        """As declared."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class NothingIn(StrictSerializer):
    """No body, or an empty one: a parameter that was written into it by mistake is not passed over."""
