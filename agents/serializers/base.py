"""What lists and answers have in common."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from core.serializers import PageQuery


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
