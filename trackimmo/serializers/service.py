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


class ComponentOut(Out):
    """How a component is."""

    status = serializers.ChoiceField(choices=["ok", "error"])
    message = serializers.CharField()


class ComponentsOut(Out):
    """What the service stands on."""

    database = ComponentOut()
    email = ComponentOut()


class AdminHealthOut(Out):
    """How the service is."""

    status = serializers.ChoiceField(choices=["ok", "degraded", "error"])
    timestamp = serializers.DateTimeField()
    components = ComponentsOut()
