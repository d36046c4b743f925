"""Between the web server and Django."""

import gc
from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.urls import get_resolver

from core.bodies import most_bytes


def whole_bodies(application: WSGIApplication) -> WSGIApplication:
    """Give `application` each body as a whole, with its length.

    Bodies that come in chunks have no length, and Django takes them for empty. Those that have one are read before the
    request is looked at, since a server that is given the answer first (a refusal needs no body) may close a
    connection on which its client has already sent the next request. What is refused for its size is not read, but for
    one byte too many of what comes in chunks: it is refused as it always is.
    """

    def with_length(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        most = most_bytes(environment.get("REQUEST_METHOD"), environment.get("PATH_INFO", ""))
        length = _stated_length(environment)
        if "chunked" in environment.get("HTTP_TRANSFER_ENCODING", "").lower():
            _read(environment, most + 1)
        elif 0 < length <= most:
            _read(environment, length)
        return application(environment, start_response)

    return with_length


def settle() -> None:
    """Load the routes, and exempt all that is loaded from the garbage collector, for it stays.

    A full collection would look through half a million objects that it never frees, for a tenth of a second, in the
    middle of whatever request makes many of its own: ten thousand callbacks completed took a fifth longer.
    """
    get_resolver().url_patterns  # noqa: B018 -- loaded when asked for
    gc.collect()
    gc.freeze()


def _stated_length(environment: WSGIEnvironment) -> int:
    stated = environment.get("CONTENT_LENGTH") or ""
    return int(stated) if stated.isdecimal() else 0


def _read(environment: WSGIEnvironment, size: int) -> None:
    body = environment["wsgi.input"].read(size)
    environment |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
