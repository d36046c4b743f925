"""Fields that take what is written as what it is, and nothing else for it."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.fields import empty


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


class YesNoField(serializers.BooleanField):
    """`true` or `false`; DRF alone would take "yes" and 1 too."""

    def to_internal_value(self, data: Any) -> bool:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class AskedTextField(serializers.CharField):
    """A text that a parameter asks for. An empty one, as forms send it, asks nothing: None."""

    def __init__(self, *, max_length: int = 255, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(max_length=max_length, allow_blank=True, default=None, **options)

    def run_validation(self, data: Any = empty) -> str | None:  # noqa: ANN401 -- DRF's own signature
        """As DRF's, and None for nothing."""
        return super().run_validation(data) or None


class AskedIdField(serializers.UUIDField):
    """A UUID that a parameter asks for. An empty one asks nothing: None."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(default=None, **options)

    def run_validation(self, data: Any = empty) -> UUID | None:  # noqa: ANN401 -- DRF's own signature
        """As DRF's, and None for nothing."""
        return None if data == "" else super().run_validation(data)
