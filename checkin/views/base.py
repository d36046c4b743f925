"""Who may call check-in, and the frame that every answer comes in."""

from typing import Final

from drf_yasg import openapi
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from checkin.authentication import CheckoutKeyAuthentication
from checkin.errors import KeyRefused
from checkin.serializers.base import CheckinErrorOut
from core.api import ApiView
from core.errors import Unauthenticated

REFUSALS: Final = {400: CheckinErrorOut, 429: CheckinErrorOut}
CHECKOUT_KEY: Final = {"tags": ["Check-in"], "security": [{"x-checkout-key": []}]}


class CheckinView(ApiView):
    """For programs with an `x-checkout-key`. Answers are of this moment: nobody may keep them."""

    authentication_classes = [CheckoutKeyAuthentication]
    # Asking twice does no harm, and what is asked of the upstream must not wait inside a transaction.
    repeats_answers = False

    def handle_exception(self, exc: Exception) -> Response:
        """As everywhere, but that a missing or wrong key is a bad request, as documented."""
        if isinstance(exc, Unauthenticated):
            return super().handle_exception(KeyRefused(exc.message))
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Response, *args: object, **kwargs: object) -> Response:
        """As everywhere, and not to be cached: most of these GETs do something."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers["Cache-Control"] = "no-store"
        return final


def answer(message: str, data: object, *, code: int = status.HTTP_200_OK) -> Response:
    """`{success: true, message, data}`."""
    return Response({"success": True, "message": message, "data": data}, status=code)


def email_in_path(path: str) -> str:
    """An address at the end of a path, which may hold slashes itself, without the path's optional last one."""
    return path.removesuffix("/")


def email_parameter() -> openapi.Parameter:
    """A user's e-mail address in a path, for Swagger."""
    return openapi.Parameter("email", openapi.IN_PATH, type=openapi.TYPE_STRING, format=openapi.FORMAT_EMAIL)
