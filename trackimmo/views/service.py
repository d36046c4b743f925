"""What the service says about itself."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from trackimmo.serializers.service import HealthOut, VersionOut
from trackimmo.views.base import OPEN, OpenView

SERVICE: Final = "TrackImmo API"
# A fact of TrackImmo's published contract, not of the platform.
VERSION: Final = "1.0.2"


class HealthView(OpenView):
    """Whether the service answers."""

    @swagger_auto_schema(operation_id="trackimmo_health", responses={200: HealthOut}, **OPEN)
    def get(self, request: Request) -> Response:
        """Tell that the service is up."""
        return Response({"status": "ok", "service": SERVICE, "version": VERSION})


class VersionView(OpenView):
    """Which version this is."""

    @swagger_auto_schema(operation_id="trackimmo_version", responses={200: VersionOut}, **OPEN)
    def get(self, request: Request) -> Response:
        """Tell the version."""
        return Response({"version": VERSION, "service": SERVICE})
