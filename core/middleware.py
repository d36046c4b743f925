"""The request's outer layers: its id, its scope, its size, and what the log says of it."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.utils.encoding import escape_uri_path
from django_structlog.middlewares.request import RequestMiddleware, logger
from structlog.contextvars import bind_contextvars, clear_contextvars

from core import tenancy
from core.actor import Origin, current_origin, origin_of
from core.bodies import most_bytes
from core.errors import PayloadTooLarge
from core.problems import problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
PROBES: Final = frozenset({"/livez", "/livez/", "/readyz", "/readyz/"})
SANE_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")


class RequestIdMiddleware:
    """Every answer carries `X-Request-ID`: the caller's if it is sane, a new one otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not SANE_REQUEST_ID.fullmatch(request_id):
            request_id = str(uuid.uuid4())
        request.META["HTTP_X_REQUEST_ID"] = request_id
        request.META["REMOTE_ADDR"] = client_address(request.META)
        origin = Origin(
            ip_address=request.META.get("REMOTE_ADDR") or None,
            user_agent=request.META.get("HTTP_USER_AGENT", "")[:400],
            request_id=request_id,
        )
        with origin_of(origin), tenancy.no_scope():
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


def client_address(environment: Mapping[str, Any]) -> str:
    """The caller's address: the peer's, or what the outermost of our own `TRUSTED_PROXIES` saw.

    Each proxy appends its peer to `X-Forwarded-For`, so only the last entries are ours to trust; a caller may have
    sent the rest.
    """
    hops = [hop.strip() for hop in environment.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return str(hops[-settings.TRUSTED_PROXIES])
    return str(environment.get("REMOTE_ADDR", ""))


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's two lines per request, which here tell no secrets, believe no stranger and cost little.

    Query strings are left out: people put addresses and tokens there. Who is calling is bound at the door, where it is
    known; the original would load the session of whatever cookie comes along, even for `/livez`. Nobody listens to its
    signals, and the request's id and address are known by now.
    """

    def prepare(self, request: HttpRequest) -> None:
        """The line about its beginning."""
        origin = current_origin()
        bind_contextvars(request_id=origin.request_id, ip=origin.ip_address)
        logger.info(
            "request_started", request=self.format_request(request), user_agent=request.META.get("HTTP_USER_AGENT")
        )

    def handle_response(self, request: HttpRequest, response: HttpResponseBase) -> None:
        """The line about its end."""
        if response.streaming or hasattr(request, "_raised_exception"):
            super().handle_response(request, cast(HttpResponse, response))
            return
        level = self._log_level_for_status_code(response.status_code)
        logger.log(level, "request_finished", code=response.status_code, request=self.format_request(request))
        clear_contextvars()

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {escape_uri_path(request.path)}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Nobody is known yet."""


class ScopeMiddleware:
    """Opens the scope of a session login (Django admin); the API opens its own once the caller is known."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            origin = replace(current_origin(), actor=request.user.as_actor())
            bind_contextvars(caller=str(request.user.pk))
            with tenancy.scope(request.user.tenant_id), origin_of(origin):
                return self.get_response(request)
        return self.get_response(request)


class HostMiddleware(CommonMiddleware):
    """Django's, which refuses hosts that are not ours, except from balancers: they ask by address and not by name."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path_info in PROBES else super().process_request(request)


class BodyLimitMiddleware:
    """Refuses a body over the limit before reading a byte of it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        limit = most_bytes(request.method, request.path_info)
        if length > limit:
            return problem_response(request, PayloadTooLarge(f"The request body is over {limit:,} bytes."))
        return self.get_response(request)
