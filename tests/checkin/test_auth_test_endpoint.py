"""GET and POST /api/v1/auth/test."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Scope
from accounts.services import issue_api_key
from checkin.views.authentication import AuthTestView
from core.api import ApiView
from core.gate import Limit

pytestmark = pytest.mark.django_db

PATH = "/api/v1/auth/test"
AUTHENTICATED = {"success": True, "message": "Authentication Test Result", "data": {"authenticated": True}}


def refused(error: str) -> dict:
    return {"success": False, "message": "API Error", "error": error, "data": {"authenticated": False}}


@pytest.mark.parametrize("verb", ["get", "post"])
@pytest.mark.parametrize("path", [PATH, f"{PATH}/"])
def test_the_key_opens(gatekeeper, verb, path):
    answer = getattr(gatekeeper, verb)(path)
    assert (answer.status_code, answer.json()) == (200, AUTHENTICATED)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["x-checkout-key", "X-Checkout-Key", "X-CHECKOUT-KEY"])
def test_the_headers_case_does_not_matter(ours, name):
    assert APIClient(headers={name: "demo-checkout-key"}).get(PATH).status_code == 200


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_missing_key_is_a_bad_request_that_says_where_it_belongs(http, ours, verb):
    answer = getattr(http, verb)(PATH)
    assert answer.status_code == 400
    assert answer.json() == refused("Missing API key: send it in the x-checkout-key header.")
    assert "WWW-Authenticate" not in answer


@pytest.mark.parametrize(
    "key", ["wrong", "demo-api-key", "demo-checkout-key2", "é".encode().decode("latin-1"), "x" * 5000]
)
def test_a_wrong_key_is_a_bad_request_that_does_not_repeat_it(ours, key):
    answer = APIClient(headers={"x-checkout-key": key}).get(PATH)
    assert answer.status_code == 400
    assert answer.json()["data"] == {"authenticated": False}
    assert key not in answer.content.decode()


@pytest.mark.parametrize("header", ["X-API-Key", "X-Admin-Key", "Authorization"])
def test_the_key_in_another_header_is_none(ours, header):
    answer = APIClient(headers={header: "demo-checkout-key"}).get(PATH)
    assert (answer.status_code, answer.json()["data"]) == (400, {"authenticated": False})


def test_a_user_who_is_logged_in_has_no_key(ours, logged_in):
    assert logged_in(ours.admin).get(PATH).status_code == 400


def test_a_key_of_the_database_opens_if_it_is_for_check_in(in_scope):
    fitting, other = (issue_api_key(name="A program", scopes=[scope]) for scope in (Scope.CHECKIN, Scope.TRACKIMMO))
    assert APIClient(headers={"x-checkout-key": fitting.secret}).get(PATH).json() == AUTHENTICATED
    refusal = APIClient(headers={"x-checkout-key": other.secret}).get(PATH)
    assert refusal.status_code == 400
    assert refusal.json() == refused("This API key does not open checkin.")


@pytest.mark.parametrize("verb", ["put", "patch", "delete"])
def test_other_methods_are_405_in_the_envelope(gatekeeper, verb):
    answer = getattr(gatekeeper, verb)(PATH)
    assert answer.status_code == 405
    assert answer.json() == {
        "success": False,
        "message": "API Error",
        "error": f'Method "{verb.upper()}" not allowed.',
    }


@pytest.mark.parametrize(
    "path", ["/api/v1/auth/test/more", "/api/v1/refresh-session", "/api/v1/session-history/", "/api/v1/status/of/it"]
)
def test_an_unknown_path_below_check_ins_is_404_in_the_envelope(gatekeeper, path):
    answer = gatekeeper.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"success": False, "message": "API Error", "error": "Not found."}


def test_a_used_up_limit_is_429_in_the_envelope(gatekeeper, monkeypatch):
    monkeypatch.setattr(ApiView, "get_limits", lambda _: [Limit("tight", requests=1, window_seconds=60)])
    assert gatekeeper.get(PATH).status_code == 200
    answer = gatekeeper.get(PATH)
    assert answer.status_code == 429
    assert answer.json().keys() == {"success", "message", "error"}
    assert (answer.json()["success"], answer.json()["message"]) == (False, "API Error")
    assert "Retry-After" in answer


def test_an_unexpected_error_is_500_in_the_envelope_without_its_cause(gatekeeper, monkeypatch):
    def broken(*_: object) -> None:
        raise RuntimeError("the-cause")

    monkeypatch.setattr(AuthTestView, "get", broken)
    answer = gatekeeper.get(PATH)
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "message": "API Error", "error": "Internal server error."}


def test_what_stands_in_query_or_body_by_mistake_is_refused(gatekeeper):
    assert gatekeeper.get(f"{PATH}?key=1").json()["errors"] == {"key": ["Unknown parameter."]}
    answer = gatekeeper.post(PATH, {"key": "demo-checkout-key"}, format="json")
    assert (answer.status_code, answer.json()["errors"]) == (400, {"key": ["Unknown field."]})
