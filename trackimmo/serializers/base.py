"""What all of TrackImmo's bodies have in common."""

from typing import Any

from rest_framework import serializers

from core.serializers import StrictSerializer

Out = serializers.Serializer[Any]


class NothingIn(StrictSerializer):
    """No body, or an empty one: a parameter that was written into it by mistake is not passed over."""
