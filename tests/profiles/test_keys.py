"""Who is let in: keys that open `profiles`, and people; asked of every route that there is."""

import pytest
from rest_framework.test import APIClient

from accounts import services as accounts
from profiles.models import LoggedOutProfile
from profiles.views.base import LogView
from tests.security.test_every_route import ROUTES, VERBS, send

pytestmark = pytest.mark.django_db

CALLS = [
    (verb, path.replace("<str:record_id>", "1").replace("<path:agent_name>", "Ann"))
    for path, view in ROUTES
    if issubclass(view, LogView)
    for verb in VERBS
    if hasattr(view, verb)
]


@pytest.fixture
def with_key(in_scope):
    """A program with a new key of these scopes."""

    def issue(*scopes: str) -> APIClient:
        return APIClient(headers={"X-API-Key": accounts.issue_api_key(name="A program", scopes=scopes).secret})

    return issue


def test_there_are_calls_to_make():
    assert len(CALLS) == 12


@pytest.mark.parametrize(("verb", "path"), CALLS, ids=lambda value: value)
def test_a_key_of_the_database_needs_the_scope(with_key, verb, path):
    assert send(with_key("profiles"), verb, path).status_code in {200, 400, 404}
    assert send(with_key("trackimmo", "trackimmo:admin", "checkin"), verb, path).status_code == 401


@pytest.mark.parametrize(("verb", "path"), CALLS, ids=lambda value: value)
def test_keys_of_other_headers_open_nothing(operator, in_scope, verb, path):
    assert send(operator, verb, path).status_code == 401
    assert send(APIClient(headers={"x-checkout-key": "demo-checkout-key"}), verb, path).status_code == 401


def test_a_key_reports_into_its_organization(with_key, in_scope):
    program = with_key("profiles")
    body = {"agent_name": "Ann", "profile_name": "x"}
    assert program.post("/gmail-automation/logged-out-profiles", body, format="json").status_code == 201
    assert LoggedOutProfile.objects.get().organization == in_scope


def test_every_role_may_do_everything(ours, logged_in, in_scope):
    body = {"agent_name": "Ann", "profile_name": "x"}
    for person in (ours.admin, ours.client, ours.agent):
        caller = logged_in(person)
        record = caller.post("/api/v1/logged-out-profiles/", body, format="json").json()["id"]
        assert caller.put(f"/api/v1/logged-out-profiles/{record}", {"reason": "x"}, format="json").status_code == 200
        assert caller.get("/api/v1/logged-out-profiles/export").status_code == 200
        assert caller.delete(f"/api/v1/logged-out-profiles/{record}").status_code == 200
