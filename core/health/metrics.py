"""How many requests there are and how long they take."""

import time
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from prometheus_client import Counter, Histogram

from core.middleware import GetResponse

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED: Final = "unmatched"

requests = Counter("switchboard_http_requests_total", "Answered requests.", ["route", "method", "status"])
seconds = Histogram(
    "switchboard_http_request_seconds",
    "Time to answer a request, streaming not included.",
    ["route", "method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class MetricsMiddleware:
    """Counts and times each request by the name of its route: a caller cannot make up new label values."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        route = (request.resolver_match and request.resolver_match.view_name) or UNMATCHED
        method = request.method if request.method in METHODS else "OTHER"
        requests.labels(route, method, response.status_code).inc()
        seconds.labels(route, method).observe(time.perf_counter() - began)
        return response
