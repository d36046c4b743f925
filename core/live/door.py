"""How a request comes in: through all of Django, as to the web server, in a thread and not in the event loop."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.db import connection
from django.http import HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse

from core.live.stream import EventStream

Head = dict[str, Any]
Answer = EventStream | HttpResponse


class Door(BaseHandler):
    """Django's handler of requests with a table of contents of its own, in which nothing reads a body."""

    def __init__(self, urlconf: str) -> None:
        super().__init__()
        self.load_middleware()
        self._urlconf = urlconf

    def answer(self, scope: Mapping[str, Any]) -> Answer:
        """The answer to a request: the head of a stream, or a whole one. Leaves no database connection behind."""
        # The parameter is text, as Django's own handler takes it, but for bytes that are no UTF-8: they would raise.
        query = scope["query_string"].decode(errors="replace")
        request_started.send(sender=type(self), scope=scope)
        request = ASGIRequest({**scope, "query_string": query}, BytesIO())
        request.urlconf = self._urlconf
        response = self.get_response(request)
        whole = response if isinstance(response, EventStream) else _whole(response)
        response.close()
        connection.close()
        return whole


def _whole(response: HttpResponseBase) -> HttpResponse:
    """The answer with its body in memory. Static files come in pieces."""
    if not isinstance(response, StreamingHttpResponse):
        assert isinstance(response, HttpResponse)  # noqa: S101
        return response
    return HttpResponse(b"".join(response), status=response.status_code, headers=response.headers)


def head_of(response: HttpResponseBase) -> Head:
    """The ASGI message that an answer begins with."""
    fields = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    cookies = [(b"set-cookie", cookie.OutputString().encode("latin-1")) for cookie in response.cookies.values()]
    return {"type": "http.response.start", "status": response.status_code, "headers": [*fields, *cookies]}
