"""Fields of bulk actions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rest_framework import serializers

from core.fields import IdField
from core.moments import MomentField


class IdsField(serializers.ListField):
    """Ids, quickly: ten thousand are no trouble. One that is given twice counts once."""

    child = IdField()

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(allow_empty=False, **options)

    def run_child_validation(self, data: Any) -> list[UUID]:  # noqa: ANN401 -- DRF's own signature
        ids: dict[UUID, None] = {}
        for index, item in enumerate(data):
            try:
                ids[UUID(item)] = None
            except (ValueError, AttributeError, TypeError):
                wrong: dict[Any, Any] = {index: ["Must be a UUID, written as text."]}
                raise serializers.ValidationError(wrong) from None
        return list(ids)


class BodyMomentField(serializers.Field[Any, Any, Any, Any]):
    """An ISO date or time in a body, as `MomentField` reads it in a parameter."""

    def __init__(self, *, end: bool = False, **options: Any) -> None:  # noqa: ANN401 -- DRF's own options
        super().__init__(**options)
        self._parameter = MomentField(end=end)

    def to_internal_value(self, data: Any) -> datetime:  # noqa: ANN401 -- DRF's own signature
        return self._parameter.to_internal_value(data if isinstance(data, str) else "")
