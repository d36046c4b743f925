"""Walks the whole URLconf: nothing is open that should not be, and nobody reaches into another organization.

A new route is covered the moment it exists. A new kind of id in a path fails here until `foreign_ids` knows it.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from checkin.models import CheckinSession, RefreshRun
from checkin.views.base import CheckinView
from core import tenancy
from core.api import ApiView
from messaging.models import Campaign, Contact, Conversation, WhatsAppNumber
from profiles.models import BrowserProfile, LoggedOutProfile
from tests.agents.factories import CallbackFactory, CallFactory
from trackimmo.models import Assignment, City, Client, ProcessingJob, Property

pytestmark = pytest.mark.django_db

WHY_UNAUTHENTICATED = "Authentication credentials were not provided."
UNAUTHENTICATED = (
    {"detail": WHY_UNAUTHENTICATED},
    {"error": WHY_UNAUTHENTICATED, "code": "NOT_AUTHENTICATED", "details": {}},
)
VERBS = ("get", "post", "put", "patch", "delete")


def api_routes(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, type[ApiView]]]:
    """Every (path template, view class) of ours: `/api/job-status/<uuid:job_id>`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from api_routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, ApiView):
                yield path, view


ROUTES = sorted(api_routes(), key=lambda route: route[0])
CLOSED = [(path, view) for path, view in ROUTES if view.needs_login]
# An agent's name asks and names nothing: one that nobody knows has no records. tests/profiles has another's.
WITH_IDS = [(path, view) for path, view in CLOSED if "<" in path and "agent_name" not in path]
names = lambda routes: [path for path, _ in routes]  # noqa: E731 -- ids of parametrised tests


@pytest.fixture
def foreign_ids(theirs) -> dict[str, str]:
    """An id of the organization next door for each kind of id that stands in a path."""
    with tenancy.scope(theirs.organization.pk):
        client = Client.objects.create(first_name="Ann", last_name="Other", email="ann@other.test")
        city = City.objects.create(insee_code="64260", name="Hendaye")
        client.chosen_cities.add(city)
        sale = Property.objects.create(
            city=city,
            mutation_key=uuid4(),
            address_key=uuid4(),
            address_raw="1 RUE DU PORT",
            property_type="house",
            sale_date=date(2018, 6, 15),
            price=1,
        )
        Assignment.objects.create(client=client, property=sale, address_key=sale.address_key)
        job = ProcessingJob.objects.create(client=client, requested_count=1)
        session = CheckinSession.objects.create(email="ann@other.test", token="a token")
        run = RefreshRun.objects.create(kind="all")
        profile = BrowserProfile.objects.create(agent_name="Ann", profile_name="theirs")
        record = LoggedOutProfile.objects.create(profile=profile)
        call = CallFactory(callback=CallbackFactory())
        number = WhatsAppNumber.objects.create(phone_number_id="109999999999999")
        campaign = Campaign.objects.create(name="Spring", body="Spring is here", number=number)
        contact = Contact.objects.create(wa_id="33612345678")
        conversation = Conversation.objects.create(contact=contact)
    return {
        "client_id": str(client.pk),
        "job_id": str(job.pk),
        "address_id": str(sale.pk),
        "city_id": str(city.pk),
        "email": session.email,
        "run_id": str(run.pk),
        "record_id": str(record.pk),
        "agent_name": profile.agent_name,
        "agent_id": str(call.agent_id),
        "customer_id": str(call.customer_id),
        "callback_id": str(call.callback_id),
        "call_id": str(call.pk),
        "campaign_id": str(campaign.pk),
        "contact_id": str(contact.pk),
        "conversation_id": str(conversation.conversation_id),
    }


@pytest.fixture(autouse=True)
def _upstream(settings) -> None:
    """Check-in is on, and its upstream is not there."""
    settings.CHECKOUT_API_URL = settings.CHECKIN_URL = "http://127.0.0.1:1"


@pytest.fixture
def callers(ours, http, program, operator, gatekeeper, logged_in) -> dict[str, APIClient]:
    """Everybody of our organization, by every kind of credentials."""
    people = {"admin": ours.admin, "client": ours.client, "agent": ours.agent}
    programs = {"program": program, "operator": operator, "gatekeeper": gatekeeper}
    return programs | {role: logged_in(user) for role, user in people.items()}


def fill(path: str, ids: dict[str, str]) -> str:
    """The path with its placeholders filled; fails for a kind of id that nobody has provided."""
    for part in path.split("/"):
        if part.startswith("<"):
            path = path.replace(part, ids[part.strip("<>").split(":")[-1]])
    return path


def assert_refused(answer: Any, view: type[ApiView]) -> None:
    """Nobody came in: 401, but for check-in, whose document has 400."""
    assert answer.status_code == (400 if issubclass(view, CheckinView) else 401), answer.content
    if issubclass(view, CheckinView):
        assert answer.json()["success"] is False
        assert "key" in answer.json()["error"]


def send(caller: APIClient, verb: str, path: str, body: dict[str, Any] | None = None) -> Any:
    return getattr(caller, verb)(path, body or {}, format="json") if verb != "get" else caller.get(path)


def test_there_are_routes_to_walk():
    assert len(WITH_IDS) >= 3
    assert {"/api/process-client", "/api/v1/auth/login", "/api/v1/auth/me"} <= {path for path, _ in ROUTES}


@pytest.mark.parametrize(("path", "view"), CLOSED, ids=names(CLOSED))
def test_without_credentials_every_route_is_closed(path, view, http, foreign_ids):
    for verb in VERBS:
        answer = send(http, verb, fill(path, foreign_ids))
        assert_refused(answer, view)
        if answer.status_code == 401:
            assert answer.json() in UNAUTHENTICATED


@pytest.mark.parametrize(("path", "view"), CLOSED, ids=names(CLOSED))
@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer not.a.token"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"X-API-Key": "wrong"},
        {"X-Admin-Key": "wrong"},
        {"X-API-Key": ""},
        {"X-API-Key": "é".encode().decode("latin-1")},
        {"x-checkout-key": "wrong"},
        {"x-checkout-key": "demo-api-key"},
    ],
    ids=str,
)
def test_with_wrong_credentials_every_route_is_closed(path, view, headers, ours, foreign_ids):
    assert_refused(send(APIClient(headers=headers), "get", fill(path, foreign_ids)), view)


@pytest.mark.parametrize(("path", "view"), WITH_IDS, ids=names(WITH_IDS))
def test_an_id_of_another_organization_does_not_exist(path, view, callers, foreign_ids):
    for name, caller in callers.items():
        for verb in VERBS:
            theirs = send(caller, verb, fill(path, foreign_ids))
            nobodys = send(caller, verb, fill(path, dict.fromkeys(foreign_ids, str(uuid4()))))
            has_no_key = issubclass(view, CheckinView) and name != "gatekeeper"
            # An empty body, which replaces nothing, may be refused first.
            refusals = {400} if has_no_key else {401, 403, 404, 405, *([400] if verb == "put" else [])}
            assert theirs.status_code in refusals, (name, verb, theirs.content)
            assert theirs.status_code == nobodys.status_code, (name, verb)


@pytest.mark.parametrize(("path", "view"), WITH_IDS, ids=names(WITH_IDS))
@pytest.mark.parametrize("broken", ["not-a-uuid", "%00", "0", "..%2f..", "%ff", "x" * 5000, "{$gt:1}"])
def test_a_broken_id_is_the_callers_fault(path, view, broken, callers, foreign_ids):
    filled = fill(path, dict.fromkeys(foreign_ids, broken))
    for caller in (callers["program"], callers["operator"], callers["gatekeeper"]):
        for verb in filter(lambda verb: hasattr(view, verb), VERBS):
            # 302: a path that climbs out of the endpoint ends at the Django admin's login.
            assert send(caller, verb, filled).status_code in {302, 400, 401, 404}, verb


@pytest.mark.parametrize(("path", "view"), CLOSED, ids=names(CLOSED))
def test_an_unknown_parameter_is_refused_everywhere(path, view, callers, foreign_ids):
    for name, caller in callers.items():
        answer = caller.get(f"{fill(path, foreign_ids)}?surprise=1")
        assert answer.status_code in {400, 401, 403, 405}, (name, answer.content)


def test_another_organizations_client_cannot_be_processed(program, foreign_ids):
    answer = program.post("/api/process-client", {"client_id": foreign_ids["client_id"]}, format="json")
    assert answer.status_code == 404
    assert answer.json() == {"detail": f"Client {foreign_ids['client_id']} not found or inactive"}
    assert ProcessingJob.unscoped.count() == 1
