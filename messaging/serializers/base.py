"""What lists of messaging have in common."""

from typing import Any

from rest_framework import serializers

from core.fields import AskedTextField
from core.reading import ReadQuery


class CursorQuery(ReadQuery):
    """`limit`, and where a page begins."""

    limit = serializers.IntegerField(min_value=1, max_value=1000, default=100)
    cursor = AskedTextField(help_text="`next_cursor` of the page before.")


class ListOut(serializers.Serializer[Any]):
    """A page of a list, for Swagger; subclasses have the `data`."""

    success = serializers.BooleanField(help_text="Always true.")
    count = serializers.IntegerField(help_text="How many are on the page.")
    next_cursor = serializers.CharField(allow_null=True, help_text="Brings the next page; null on the last.")


class OneOut(serializers.Serializer[Any]):
    """One object, for Swagger; subclasses have the `data`."""

    success = serializers.BooleanField(help_text="Always true.")
