"""The one mapper from any error to HTTP: a status, headers, and the body in the envelope of the app that was called."""

import math
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.apps import apps
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from pymongo.errors import PyMongoError
from rest_framework import exceptions as drf
from rest_framework.response import Response

from core import errors
from core.envelopes import Envelope, Problem, detail_envelope
from core.rendering import to_json

logger = structlog.get_logger(__name__)

STATUS: Final[Mapping[type[errors.SwitchboardError], HTTPStatus]] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.PayloadTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
RETRY_AFTER_SECONDS: Final = 1
ADMIN: Final = "/admin/"
NO_SUCH_PAGE: Final = "There is no page at this address."
CRASHED: Final = Problem(500, "internal_error", "Internal server error.")
BUSY: Final = Problem(
    503, "unavailable", errors.Unavailable.default_message, headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
)
STORE_DOWN: Final = Problem(500, "store_unavailable", "The document store is not available. Try again later.")


@cache
def _envelopes() -> tuple[tuple[str, Envelope], ...]:
    """Path prefixes and their envelopes, the longest first, as the apps' configurations state them."""
    stated = (
        (prefix, getattr(config, "error_envelope", detail_envelope))
        for config in apps.get_app_configs()
        for prefix in getattr(config, "path_prefixes", ())
    )
    return tuple(sorted(stated, key=lambda pair: len(pair[0]), reverse=True))


def _prefixes() -> Iterator[str]:
    return (prefix for prefix, _ in _envelopes())


def envelope_of(path: str) -> Envelope:
    """The envelope of the app that owns `path`."""
    return next((envelope for prefix, envelope in _envelopes() if path.startswith(prefix)), detail_envelope)


def _flatten(detail: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 -- DRF's nested details
    """DRF's nested error details as (dotted field, message) pairs."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            inner = f"{name}[{key}]" if isinstance(key, int) else f"{name}.{key}" if name else str(key)
            yield from _flatten(value, inner)
    elif isinstance(detail, list | tuple):
        for index, value in enumerate(detail):
            nested = isinstance(value, Mapping | list)
            yield from _flatten(value, f"{name}[{index}]" if nested else name)
    else:
        yield name, str(detail)


def _validation_problem(exception: drf.ValidationError) -> Problem:
    fields: dict[str, list[str]] = {}
    for name, message in _flatten(exception.detail):
        fields.setdefault(name or "non_field_errors", []).append(message)
    return Problem(400, "validation_error", "Invalid input.", fields)


def _headers(exception: Exception) -> dict[str, str]:
    if isinstance(exception, errors.RateLimited):
        return {"Retry-After": str(math.ceil(exception.retry_after_seconds))}
    if isinstance(exception, errors.Unavailable):
        return {"Retry-After": str(RETRY_AFTER_SECONDS)}
    challenge = getattr(exception, "challenge", None) or getattr(exception, "auth_header", None)
    return {"WWW-Authenticate": challenge} if challenge else {}


def problem_of(exception: Exception) -> Problem:
    """Map any exception. What is not known is a 500 whose cause goes to the log and not to the caller."""
    match exception:
        case errors.SwitchboardError():
            status = next(status for kind, status in STATUS.items() if isinstance(exception, kind))
            return Problem(status, exception.code, exception.message, exception.fields, _headers(exception))
        case drf.ValidationError():
            return _validation_problem(exception)
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return Problem(401, str(exception.default_code), str(exception.detail), headers=_headers(exception))
        case drf.APIException():
            return Problem(exception.status_code, str(exception.default_code), str(exception.detail))
        case Http404():
            return Problem(404, "not_found", "Not found.")
        case PermissionDenied():
            return Problem(403, "forbidden", errors.Forbidden.default_message)
        case RequestDataTooBig():
            return Problem(413, "payload_too_large", errors.PayloadTooLarge.default_message)
        case BadRequest() | SuspiciousOperation():
            return Problem(400, "bad_request", "Bad request.")
        case OperationalError():  # PostgreSQL is away, or somebody held a lock for longer than we wait
            logger.error("postgres_unavailable", exc_info=exception)
            return BUSY
        case PyMongoError():
            logger.error("mongo_unavailable", exc_info=exception)
            return STORE_DOWN
        case _:
            logger.error("unhandled_error", exc_info=exception)
            return CRASHED


def exception_handler(exception: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: no error leaves a view in any other shape."""
    problem = problem_of(exception)
    body = envelope_of(context["request"].path_info)(problem)
    return Response(body, status=problem.status, headers=dict(problem.headers))


def problem_response(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same answer for errors raised outside a DRF view."""
    return _respond(request, problem_of(exception))


def _respond(request: HttpRequest, problem: Problem) -> HttpResponse:
    if _is_for_a_person(request):
        body, content_type = _page(request, problem), "text/html; charset=utf-8"
    else:
        body, content_type = to_json(envelope_of(request.path_info)(problem)), "application/json"
    return HttpResponse(body, status=problem.status, headers=dict(problem.headers), content_type=content_type)


def _is_for_a_person(request: HttpRequest) -> bool:
    """Whether a browser asks for a page of the Django admin, below whose root apps may have documented paths too."""
    is_page = request.path_info.startswith(ADMIN) and not any(map(request.path_info.startswith, _prefixes()))
    return is_page and request.get_preferred_type(["application/json", "text/html"]) == "text/html"


def _page(request: HttpRequest, problem: Problem) -> bytes:
    title, request_id = HTTPStatus(problem.status).phrase, request.META.get("HTTP_X_REQUEST_ID", "")
    message = NO_SUCH_PAGE if problem.status == HTTPStatus.NOT_FOUND else problem.sentence
    context = {"title": title, "message": message, "request_id": request_id}
    return render_to_string("core/problem.html", context).encode()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400 page: a refused host, a malformed path or form."""
    return problem_response(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 403 page."""
    return problem_response(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404 page: a path that no app knows."""
    return problem_response(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500 page. Django has logged the cause; the caller is not told it."""
    return _respond(request, CRASHED)
