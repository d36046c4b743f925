"""From when to when: the two parameters that lists have in common."""

from typing import Any

from rest_framework import serializers

from core.moments import MomentField
from core.serializers import QuerySerializer


class WindowQuery(QuerySerializer):
    """`date_from` and `date_to`, both ends in, as `since` and `until`: from the one on, and before the other."""

    date_from = MomentField(help_text="ISO date or time, itself in; without an offset it is UTC.")
    date_to = MomentField(
        end=True, help_text="ISO date or time, itself in: the whole of a day, the whole of a second without a fraction."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """No window ends before it begins."""
        since, until = attrs.pop("date_from"), attrs.pop("date_to")
        if since and until and since >= until:
            raise serializers.ValidationError({"date_to": ["Is before date_from."]})
        return {"since": since, "until": until, **attrs}
