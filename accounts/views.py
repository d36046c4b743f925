"""Login, refresh, logout, me, password."""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.authentication import BearerTokenAuthentication
from accounts.serializers import (
    AccountOut,
    LoginIn,
    LoginOut,
    LogoutIn,
    MeOut,
    MessageOut,
    PasswordIn,
    RefreshIn,
    TokensOut,
)
from accounts.services import Login
from accounts.tokens import TokenPair
from core.api import EVERYTHING_ELSE, ApiView
from core.gate import Limit, Per

REFUSALS: Final = {
    400: "Bad input: `{success: false, message, errors}` names the fields.",
    401: "`{detail}`",
    429: "Too many requests or failed attempts; `Retry-After` says when to come back.",
}
NO_REDIS: Final = {503: "Attempts cannot be counted at the moment."}
LOGINS: Final = Limit("login", requests=10, window_seconds=60, per=Per.ADDRESS)


def answer_with_tokens(tokens: TokenPair, **more: Any) -> Response:  # noqa: ANN401 -- any JSON
    """An answer that nobody on its way may keep."""
    body = {
        "success": True,
        "access": tokens.access,
        "refresh": tokens.refresh,
        "token_type": "Bearer",
        "expires_in": int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
        **more,
    }
    return Response(body, headers={"Cache-Control": "no-store"})


def answer_to_login(login: Login) -> Response:
    """The answer to whoever just logged in."""
    return answer_with_tokens(login.tokens, user=AccountOut(login.user).data)


class LoginView(ApiView):
    """Log in by e-mail and password."""

    authentication_classes = ()
    needs_login = False
    may_go_on_without_redis = False

    def get_limits(self) -> Sequence[Limit]:
        return [LOGINS]

    @swagger_auto_schema(
        operation_id="log in",
        request_body=LoginIn,
        responses={200: LoginOut, **REFUSALS, **NO_REDIS},
        security=[],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Log in: a wrong address and a wrong password get the same answer."""
        return answer_to_login(services.log_in(**self.parse(LoginIn)))


class RefreshView(ApiView):
    """A new pair of tokens for a refresh token."""

    authentication_classes = ()
    needs_login = False

    @swagger_auto_schema(
        operation_id="refresh",
        request_body=RefreshIn,
        responses={200: TokensOut, **REFUSALS},
        security=[],
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token: it is good once, and using an old one ends the login."""
        return answer_with_tokens(services.refresh_session(**self.parse(RefreshIn)))


class SessionView(ApiView):
    """Base of the views for people who are logged in. Their answers are never kept: some carry tokens."""

    authentication_classes = (BearerTokenAuthentication,)
    repeats_answers = False


class LogoutView(SessionView):
    """The end of a login."""

    @swagger_auto_schema(
        operation_id="log out", request_body=LogoutIn, responses={200: MessageOut, **REFUSALS}, tags=["auth"]
    )
    def post(self, request: Request) -> Response:
        """Log out: the refresh token and the access token stop working at once."""
        services.log_out(actor=self.actor, **self.parse(LogoutIn))
        return Response({"success": True, "message": "Logged out."})


class MeView(SessionView):
    """Who is logged in."""

    @swagger_auto_schema(operation_id="me", responses={200: MeOut, **REFUSALS}, tags=["auth"])
    def get(self, request: Request) -> Response:
        """Who is logged in."""
        user = selectors.user_of(self.actor)
        return Response({"success": True, "user": AccountOut(user).data})


class PasswordView(SessionView):
    """One's own password."""

    may_go_on_without_redis = False

    def get_limits(self) -> Sequence[Limit]:
        return [EVERYTHING_ELSE, LOGINS]

    @swagger_auto_schema(
        operation_id="change password",
        request_body=PasswordIn,
        responses={200: LoginOut, **REFUSALS, **NO_REDIS},
        tags=["auth"],
    )
    def post(self, request: Request) -> Response:
        """Change one's own password: every login ends, and the answer begins a new one."""
        return answer_to_login(services.change_password(actor=self.actor, **self.parse(PasswordIn)))
