"""Between the web server and Django."""

from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings


def whole_bodies(application: WSGIApplication) -> WSGIApplication:
    """Give `application` the length of bodies that come in chunks, which Django takes for empty without one.

    One byte more than Django would take is read at most, so that it refuses what is too large as it always does.
    """

    def with_length(environment: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if "chunked" in environment.get("HTTP_TRANSFER_ENCODING", "").lower():
            body = environment["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environment |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return application(environment, start_response)

    return with_length
