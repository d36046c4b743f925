"""E-mails: testing them, and ending them."""

from typing import Any

from rest_framework import serializers

from core.serializers import QuerySerializer
from trackimmo.serializers.base import Out


class AnyParameters(QuerySerializer):
    """Whatever mail programs and gateways append to a link; it is not looked at."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 -- DRF's own signature
        return {}


class UnsubscribedOut(Out):
    """Whether a client still gets e-mails."""

    unsubscribed = serializers.SerializerMethodField()
    unsubscribed_at = serializers.DateTimeField(allow_null=True)

    def get_unsubscribed(self, client: Any) -> bool:  # noqa: ANN401 -- DRF's own signature
        return client.unsubscribed_at is not None
