"""Who may call what, how often, and how Swagger groups it."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from core.api import ApiView
from core.gate import Limit
from core.serializers import ErrorOut
from trackimmo.authentication import AdminKeyAuthentication, ClientKeyAuthentication

REFUSALS: Final = {400: ErrorOut, 401: ErrorOut, 429: ErrorOut}
# How Swagger groups the endpoints, and which key it asks for.
OPEN: Final = {"tags": ["TrackImmo"], "security": []}
CLIENT_KEY: Final = {"tags": ["TrackImmo"], "security": [{"X-API-Key": []}]}
ADMIN_KEY: Final = {"tags": ["TrackImmo"], "security": [{"X-Admin-Key": []}]}


class OpenView(ApiView):
    """For everybody, as often as they like."""

    authentication_classes = []
    needs_login = False

    def get_limits(self) -> Sequence[Limit]:
        return []


class ClientKeyView(ApiView):
    """For programs with an `X-API-Key`."""

    authentication_classes = [ClientKeyAuthentication]

    def get_limits(self) -> Sequence[Limit]:
        return [Limit("trackimmo", settings.RATE_LIMIT_REQUESTS, settings.RATE_LIMIT_WINDOW)]


class AdminKeyView(ClientKeyView):
    """For operators with an `X-Admin-Key`."""

    authentication_classes = [AdminKeyAuthentication]
