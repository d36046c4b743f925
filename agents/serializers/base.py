"""What lists and answers have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar

from rest_framework import serializers

from core.serializers import PageQuery, StrictSerializer


class ErrorOut(serializers.Serializer[Any]):
    """Any error."""

    error = serializers.CharField()
    code = serializers.CharField(help_text="Stable, in capitals.")
    details = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), help_text="Per field.")

    class Meta:
        ref_name = "AgentsError"


class OrderingField(serializers.ChoiceField):
    """One of the named orders; a `-` before it turns it round."""

    def __init__(self, names: Sequence[str], *, default: str) -> None:
        both = [*names, *(f"-{name}" for name in names)]
        super().__init__(choices=both, default=default, help_text="`-` before a name: descending.")


class ListQuery(PageQuery):
    """`limit`, `offset` and whose."""

    agent_id = serializers.UUIDField(required=False, help_text="Of this AI agent only.")


class FilteredQuery(ListQuery):
    """A list's filters. One that is empty, as forms send it, asks nothing."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is asked."""
        return {name: value for name, value in attrs.items() if value is not None and value != ""}


class AnsweredBody(StrictSerializer):
    """A body that may be what was answered, sent back: what the server sets may come along, and changes nothing."""

    set_by_server: ClassVar[frozenset[str]]

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name not in self.set_by_server}
        return super().to_internal_value(data)
