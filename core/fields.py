"""Fields that take what is written as what it is, and nothing else for it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers


class TextField(serializers.CharField):
    """A text written as one; DRF alone would take a number too."""

    def to_internal_value(self, data: Any) -> str:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class WholeNumberField(serializers.IntegerField):
    """An integer written as one; DRF alone would take `"5"` and `5.0` too."""

    def to_internal_value(self, data: Any) -> int:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class IdField(serializers.UUIDField):
    """A UUID written as text; DRF alone would take a number for one."""

    def to_internal_value(self, data: Any) -> UUID:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)
