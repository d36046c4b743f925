"""What lists and answers have in common."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from agents.serializers.fields import WordField
from core.serializers import PageQuery, QuerySerializer, StrictSerializer


class ErrorOut(serializers.Serializer[Any]):
    """Any error."""

    error = serializers.CharField()
    code = serializers.CharField(help_text="Stable, in capitals.")
    details = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), help_text="Per field.")

    class Meta:
        ref_name = "AgentsError"


class OrderingField(WordField):
    """One of the named orders; a `-` before it turns it round."""

    def __init__(self, names: Sequence[str], *, default: str) -> None:
        both = [*names, *(f"-{name}" for name in names)]
        super().__init__(choices=both, default=default, help_text="`-` before a name: descending.")


class AskingQuery(QuerySerializer):
    """Parameters of which an empty one, as forms send it, asks nothing."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, QueryDict):
            empty = {name for name, values in data.lists() if values == [""] and name in self.fields}
            asked = data.copy()
            for name in empty:
                del asked[name]
            data = asked
        return super().to_internal_value(data)


class FilteredQuery(AskingQuery, PageQuery):
    """`limit`, `offset` and what to list."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is asked."""
        return {name: value for name, value in attrs.items() if value is not None and value != ""}


class ListQuery(FilteredQuery):
    """And whose."""

    agent_id = serializers.UUIDField(required=False, help_text="Of this AI agent only.")


class AnsweredBody(StrictSerializer):
    """A body that may be what was answered, sent back: what the server sets may come along, and changes nothing."""

    set_by_server: ClassVar[frozenset[str]]

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name not in self.set_by_server}
        return super().to_internal_value(data)


class OfOneCustomer(AnsweredBody):
    """A body about the customer with `customer_id`, or with `customer_phone`: one of them, and not both."""

    not_one: ClassVar[Mapping[str, list[str]]]

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        is_one = not isinstance(data, dict) or ("customer_id" in data) != ("customer_phone" in data)
        problem = {} if is_one else dict(self.not_one)
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            raise ValidationError({**problem, **cast(dict[str, Any], error.detail)}) from error
        if problem:
            raise ValidationError(problem)
        return value
