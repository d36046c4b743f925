"""Routes that answer with and without their trailing slash, without a redirect."""

from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.urls.resolvers import RoutePattern


class OptionalSlashPattern(RoutePattern):
    """A route written without its trailing slash that also matches with one."""

    def match(self, path: str) -> tuple[str, tuple[Any, ...], dict[str, Any]] | None:
        found = super().match(path)
        return found if found or path[-1:] != "/" else super().match(path[:-1])


def route(pattern: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    """Like `django.urls.path`, for an endpoint whose trailing slash is optional. Write `pattern` without it."""
    return URLPattern(OptionalSlashPattern(pattern, name=name, is_endpoint=True), view, None, name)
