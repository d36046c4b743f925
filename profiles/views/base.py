"""Who may call, and how Swagger shows it."""

from typing import Final

from drf_yasg import openapi

from accounts.authentication import BearerTokenAuthentication
from core.api import ApiView
from core.serializers import ErrorOut
from profiles.authentication import ProfilesKeyAuthentication

REFUSALS: Final = {400: ErrorOut, 401: ErrorOut, 429: ErrorOut}
LOG: Final = {"tags": ["Logged-out profiles"], "security": [{"Bearer": []}, {"X-API-Key": []}]}
BY_ID: Final = [openapi.Parameter("record_id", openapi.IN_PATH, type=openapi.TYPE_INTEGER)]


class LogView(ApiView):
    """For everybody of an organization, and for its programs."""

    authentication_classes = [BearerTokenAuthentication, ProfilesKeyAuthentication]
