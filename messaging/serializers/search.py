"""Searching messages."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from core.fields import AskedIdField, AskedTextField
from core.moments import MomentField
from messaging.documents import TYPES
from messaging.query import Node, NotAQuery, parse
from messaging.selectors.search import Order
from messaging.serializers.base import CursorQuery


class QueryField(serializers.Field[Any, Any, Any, Any]):
    """A query; its value is what it means."""

    default_error_messages = {"blank": "This field may not be blank."}

    def to_internal_value(self, data: Any) -> Node:  # noqa: ANN401 -- DRF's own signature
        """The parsed query."""
        text = str(data)
        if not text.strip():
            self.fail("blank")
        try:
            return parse(text)
        except NotAQuery as error:
            raise ValidationError(list(error.fields["q"])) from error


class SearchQuery(CursorQuery):
    """What to find, and in which order."""

    q = QueryField(
        source="query",
        help_text='Search query (supports AND, OR, NOT operators), "phrases", (parentheses) and prefixes as in ord*.',
    )
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=20, help_text="Max results.")
    order = serializers.ChoiceField(
        choices=[order.value for order in Order],
        default=Order.RELEVANCE.value,
        help_text="The best match first, or the newest message.",
    )
    conversation_id = AskedIdField(help_text="In this conversation only.")
    sender_id = AskedTextField(help_text="From this sender only.")
    type = serializers.ChoiceField(choices=TYPES, allow_blank=True, default=None, help_text="Of this type only.")
    date_from = MomentField(help_text="From this ISO date or time on.")
    date_to = MomentField(end=True, help_text="Up to this ISO date or time, which is included.")
    highlights = serializers.BooleanField(default=False, help_text="Adds a `snippet` to each result.")

    def validate_type(self, value: str | None) -> str | None:
        """An empty one, as forms send it, asks nothing."""
        return value or None

    def validate_order(self, value: str) -> Order:
        """As the search knows it."""
        return Order(value)


class HitOut(serializers.Serializer[Any]):
    """A message that was found, as documented."""

    id = serializers.UUIDField()
    conversation_id = serializers.UUIDField()
    content = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(choices=TYPES)
    created_at = serializers.DateTimeField()
    score = serializers.FloatField(help_text="How much the words say of it; 0 where it has none and needs none.")
    snippet = serializers.CharField(
        required=False, help_text="With `highlights`: the part around the words as HTML, escaped, each in `<mark>`."
    )

    class Meta:
        ref_name = "SearchHit"


class SearchOut(serializers.Serializer[Any]):
    """A page of what was found."""

    success = serializers.BooleanField(help_text="Always true.")
    query = serializers.CharField(help_text="As it was asked.")
    count = serializers.IntegerField(help_text="How many are on the page.")
    data = HitOut(many=True)  # type: ignore[assignment]  # DRF takes the fields out of the class
    next_cursor = serializers.CharField(allow_null=True, help_text="Brings the next page; null on the last.")

    class Meta:
        ref_name = "SearchResults"
