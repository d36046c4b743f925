"""Strict parsing: what a serializer does not know is an error that names the field."""

from copy import copy
from functools import cache
from typing import Any, TypeVar

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

SerializerT = TypeVar("SerializerT", bound="serializers.Serializer[Any]")


def reader(serializer_class: type[SerializerT], data: Any) -> SerializerT:  # noqa: ANN401 -- whatever was sent
    """A serializer of `data` that has its fields in common with all others of its class.

    Making fields takes longer than validating with them, and they keep nothing of what they validate.
    """
    one: SerializerT = copy(_pattern(serializer_class))
    one.initial_data = data
    return one


@cache
def _pattern(serializer_class: type[SerializerT]) -> SerializerT:
    pattern = serializer_class(data=None)
    pattern.fields  # noqa: B018 -- made when asked for
    return pattern


class StrictSerializer(serializers.Serializer[Any]):
    """A body whose every field is known."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        unknown: dict[str, Any] = {}
        if isinstance(data, dict):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {str(name): [ErrorDetail("Unknown field.", "unknown")] for name in data if name not in known}
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            detail = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
            raise ValidationError({**detail, **unknown}) from error
        if unknown:
            raise ValidationError(unknown)
        return value


class ChangesIn(StrictSerializer):
    """Mixed into what creates something: the same fields, none of them required. What is left out stays."""

    def get_fields(self) -> dict[str, Any]:
        """As declared."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


class QuerySerializer(serializers.Serializer[Any]):
    """Query parameters: each known, and given once. A plain one allows no parameter at all."""

    def to_internal_value(self, data: Any) -> Any:  # noqa: ANN401 -- DRF's own signature
        if not isinstance(data, QueryDict):
            return super().to_internal_value(data)
        problems: dict[str, Any] = {}
        for name, values in data.lists():
            if name not in self.fields:
                problems[name] = ["Unknown parameter."]
            elif len(values) > 1:
                problems[name] = ["Given more than once."]
            elif "\x00" in values[0]:
                problems[name] = ["Null characters are not allowed."]
        if problems:
            raise ValidationError(problems)
        return super().to_internal_value(data.dict())


class PageQuery(QuerySerializer):
    """`limit` and `offset` of a list."""

    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100)
    offset = serializers.IntegerField(min_value=0, max_value=10_000_000, default=0)


class ErrorOut(serializers.Serializer[Any]):
    """Any error, for Swagger: the envelope of `{detail}`."""

    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # DRF takes the fields out of the class
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Per field at fault."
    )
