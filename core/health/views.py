"""What operators and load balancers ask. Plain Django: none of this goes through the API's door."""

import hmac
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from prometheus_client.exposition import choose_encoder
from rest_framework.exceptions import MethodNotAllowed

from core.errors import Unauthenticated
from core.health import draining
from core.health.directory import endpoints
from core.health.readiness import DECISIVE, readiness
from core.health.scraping import registry
from core.problems import problem_response
from core.rendering import to_json
from core.version import VERSION

View = Callable[[HttpRequest], HttpResponse]


def to_read(view: View) -> View:
    """Refuse everything but GET and HEAD."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD"}:
            return view(request)
        refusal = problem_response(request, MethodNotAllowed(str(request.method)))
        refusal["Allow"] = "GET, HEAD"
        return refusal

    return answer


def _json(body: object, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(to_json(body), status=status, content_type="application/json")


def livez(_: HttpRequest) -> HttpResponse:
    """This process answers. Nothing else is asked, so that a dependency's failure never restarts it."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_: HttpRequest) -> HttpResponse:
    """Whether requests should be sent here: 200 `ready` or `degraded`, 503 `unavailable` or `stopping`."""
    findings = readiness.findings()
    down = {name for name, finding in findings.items() if not finding.is_up}
    if draining.is_draining():
        state, status = "stopping", HTTPStatus.SERVICE_UNAVAILABLE
    elif down & DECISIVE:
        state, status = "unavailable", HTTPStatus.SERVICE_UNAVAILABLE
    else:
        state, status = "degraded" if down else "ready", HTTPStatus.OK
    checks = {
        name: {"status": "up"} if finding.is_up else {"status": "down", "detail": finding.detail}
        for name, finding in findings.items()
    }
    response = _json({"status": state, "checks": checks}, status)
    response["Cache-Control"] = "no-store"
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' page, for whoever knows METRICS_TOKEN."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        refusal = Unauthenticated()
        refusal.challenge = 'Bearer realm="metrics"'
        return problem_response(request, refusal)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry()), content_type=content_type)


def index(request: HttpRequest) -> HttpResponse:
    """What this is and where everything lies; a browser is led to the pages for people."""
    if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
        response: HttpResponse = HttpResponseRedirect("/admin/")
    else:
        connected = readiness.findings()["postgres"].is_up
        response = _json(
            {
                "name": "Switchboard",
                "version": VERSION,
                "endpoints": endpoints(),
                "status": {"connected": connected},
            }
        )
    patch_vary_headers(response, ["Accept"])
    return response
