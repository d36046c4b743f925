"""What the service says about itself."""

from rest_framework import serializers

from trackimmo.serializers.base import Out


class VersionOut(Out):
    """The version that TrackImmo's documents promise."""

    version = serializers.CharField()
    service = serializers.CharField()


class HealthOut(Out):
    """Whether the service answers."""

    status = serializers.CharField()
    service = serializers.CharField()
    version = serializers.CharField()
