"""Trying a key."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from checkin.serializers.base import CheckinErrorOut
from checkin.serializers.connection import AuthRefusedOut, AuthTestOut
from checkin.views.base import CHECKOUT_KEY, CheckinView, answer
from core.errors import Unauthenticated
from core.serializers import StrictSerializer

RESPONSES: Final = {200: AuthTestOut, 400: AuthRefusedOut, 429: CheckinErrorOut}


class AuthTestView(CheckinView):
    """Whether a key opens check-in."""

    @swagger_auto_schema(operation_id="checkin_auth_test", responses=RESPONSES, **CHECKOUT_KEY)
    def get(self, request: Request) -> Response:
        """Tell that the key is right; a missing or wrong one is 400."""
        return _authenticated()

    @swagger_auto_schema(operation_id="checkin_auth_test_post", responses=RESPONSES, **CHECKOUT_KEY)
    def post(self, request: Request) -> Response:
        """The same, for programs that send a POST."""
        self.parse(StrictSerializer)
        return _authenticated()

    def handle_exception(self, exc: Exception) -> Response:
        """The envelope of every error; of a key that opens nothing `data` says so too."""
        refusal: Response = super().handle_exception(exc)
        if isinstance(exc, Unauthenticated):
            refusal.data = {**refusal.data, "data": {"authenticated": False}}
        return refusal


def _authenticated() -> Response:
    return answer("Authentication Test Result", {"authenticated": True})
