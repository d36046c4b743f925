"""Which key opens which of TrackImmo's endpoints, asked of every route that there is."""

import pytest
from rest_framework.test import APIClient

from accounts import services as accounts
from accounts.models import Scope
from tests.security.test_every_route import ROUTES, VERBS, send
from trackimmo.authentication import AdminKeyAuthentication, ClientKeyAuthentication

pytestmark = pytest.mark.django_db

NOBODYS_ID = "e86f4960-f848-4236-b45c-000000000000"


def calls(authentication) -> list[tuple[str, str]]:
    """Every verb and path, its ids made up, that this kind of key is for."""
    return [
        (verb, "/".join(NOBODYS_ID if part.startswith("<") else part for part in path.split("/")))
        for path, view in ROUTES
        if authentication in view.authentication_classes
        for verb in VERBS
        if hasattr(view, verb)
    ]


ADMIN_CALLS = calls(AdminKeyAuthentication)
CLIENT_CALLS = calls(ClientKeyAuthentication)
admin_calls = pytest.mark.parametrize(("verb", "path"), ADMIN_CALLS, ids=lambda value: value)
client_calls = pytest.mark.parametrize(("verb", "path"), CLIENT_CALLS, ids=lambda value: value)


@pytest.fixture
def issued(in_scope):
    """Issue a key of the database with these scopes and return its secret."""
    return lambda *scopes: accounts.issue_api_key(name="A program", scopes=scopes).secret


def opens(verb: str, path: str, **headers: str) -> bool:
    """Whether a call with these headers gets past the door. Behind it, 404 and 400 are answers too."""
    caller = APIClient(headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = send(caller, verb, path)
    assert answer.status_code < 500, answer.content
    return answer.status_code != 401


def test_there_are_routes_to_ask():
    assert {
        ("get", "/admin/health"),
        ("get", "/admin/stats"),
        ("get", "/admin/clients"),
        ("get", "/admin/jobs"),
        ("delete", "/admin/jobs/cleanup"),
        ("post", "/admin/test-client-processing"),
    } <= set(ADMIN_CALLS)
    assert {
        ("post", "/api/process-client"),
        ("post", "/api/add-addresses"),
        ("post", "/api/process-retry-queue"),
        ("post", "/api/cleanup-jobs"),
    } <= set(CLIENT_CALLS)
    assert not set(ADMIN_CALLS) & set(CLIENT_CALLS)


@admin_calls
def test_the_admin_key_opens_the_administration_and_the_api_key_does_not(ours, verb, path):
    assert opens(verb, path, X_Admin_Key="demo-admin-key")
    assert not opens(verb, path, X_API_Key="demo-api-key")
    assert not opens(verb, path, X_Admin_Key="demo-api-key")


@admin_calls
def test_while_there_is_an_admin_key_nothing_in_the_other_header_opens_the_administration(ours, issued, verb, path):
    assert not opens(verb, path, X_API_Key="demo-admin-key")
    assert not opens(verb, path, X_API_Key=issued(Scope.TRACKIMMO, Scope.TRACKIMMO_ADMIN))


@admin_calls
def test_without_an_admin_key_the_api_key_opens_the_administration_in_either_header(ours, settings, verb, path):
    settings.ADMIN_API_KEY = ""
    assert opens(verb, path, X_API_Key="demo-api-key")
    assert opens(verb, path, X_Admin_Key="demo-api-key")
    assert not opens(verb, path, X_Admin_Key="demo-admin-key")
    assert not opens(verb, path, X_API_Key="demo-checkout-key")
    assert not opens(verb, path, X_API_Key="", X_Admin_Key="")


@admin_calls
@pytest.mark.parametrize("admin_key", ["demo-admin-key", ""])
def test_a_key_of_the_database_opens_the_administration_only_with_its_scope(issued, settings, verb, path, admin_key):
    settings.ADMIN_API_KEY = admin_key
    program = issued(Scope.TRACKIMMO, Scope.PROFILES, Scope.CHECKIN)
    assert not opens(verb, path, X_API_Key=program)
    assert not opens(verb, path, X_Admin_Key=program)
    assert opens(verb, path, X_Admin_Key=issued(Scope.TRACKIMMO_ADMIN))


@client_calls
def test_the_api_key_opens_the_other_endpoints_and_the_admin_key_does_not(ours, issued, verb, path):
    assert opens(verb, path, X_API_Key="demo-api-key")
    assert not opens(verb, path, X_API_Key="demo-admin-key")
    assert not opens(verb, path, X_Admin_Key="demo-admin-key")
    assert not opens(verb, path, X_Admin_Key="demo-api-key")
    assert not opens(verb, path, X_API_Key=issued(Scope.TRACKIMMO_ADMIN))
