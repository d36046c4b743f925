"""Every example of check-in's document over HTTP, against an upstream that is there: codes, keys, kinds, messages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from checkin import services
from checkin.models import CheckinSession, RefreshRun
from core import tenancy
from tests.contract.shapes import differences

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("checkin.json").read_text())
IDS = [example["name"] for example in EXAMPLES]
KEY, EMAIL = "demo-checkout-key", "alice@uni.test"
ERROR = {"success": False, "message": "API Error", "error": "Error description"}
Send = Callable[..., httpx.Response]


@pytest.fixture
def users(ours, upstream) -> dict[str, str]:
    """Users of the upstream, as check-in keeps them when it has run for a while."""
    tokens = upstream.set_users([EMAIL, "bob@uni.test"])
    with tenancy.scope(ours.organization.pk):
        services.check_connection()
        services.fetch_users()
        services.refresh_all()
        services.refresh_one(email=EMAIL)
    upstream.forget()
    return tokens


@pytest.fixture
def send(live_server) -> Send:
    """Send an example as documented and return the answer."""

    def send(name: str, *, key: str | None = KEY, slash: str = "") -> httpx.Response:
        method, path = name.split()
        headers = {"x-checkout-key": key} if key is not None else {}
        url = live_server.url + path.replace("{email}", EMAIL) + slash
        return httpx.request(method, url, headers=headers, timeout=30)

    return send


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_answer_is_the_documented_one(example, slash, send, users):
    answer = send(example["name"], slash=slash)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert differences(example["answer"], answer.json()) == []
    assert answer.json().keys() == {"success", "message", "data"}
    assert not any(token in answer.text for token in users.values())


@pytest.mark.parametrize("key", [None, "", "wrong", "demo-api-key"], ids=repr)
@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_without_the_key_and_with_a_wrong_one_it_is_400_and_nothing_happens(example, key, send, users, upstream):
    before = list(CheckinSession.unscoped.values()), RefreshRun.unscoped.count()
    answer = send(example["name"], key=key)
    assert answer.status_code == 400
    if example["name"].endswith("/auth/test"):
        assert answer.json()["data"] == {"authenticated": False}
        assert differences({**ERROR, "data": {"authenticated": False}}, answer.json(), additions=False) == []
    else:
        assert differences(ERROR, answer.json(), additions=False) == []
    facts = upstream.facts()
    assert (facts["page_requests"], sum(facts["api_requests"].values())) == (0, 0)
    assert (list(CheckinSession.unscoped.values()), RefreshRun.unscoped.count()) == before


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (404, "GET /api/v1/refresh-session/nobody@uni.test"),
        (404, "GET /api/v1/refresh-session"),
        (404, "GET /api/v1/status/more"),
        (405, "DELETE /api/v1/refresh"),
        (405, "POST /api/v1/status"),
        (405, "POST /api/v1/state"),
        (405, "PUT /api/v1/auth/test"),
    ],
)
def test_other_errors_have_the_documented_shape(status, name, send, users):
    answer = send(name)
    assert answer.status_code == status
    assert differences(ERROR, answer.json(), additions=False) == []


def test_an_error_of_ours_has_it_too(send, users, monkeypatch):
    def broken(**_: object) -> None:
        raise RuntimeError(f"{KEY} and {users[EMAIL]}")

    monkeypatch.setattr(services, "refresh_one", broken)
    answer = send("GET /api/v1/refresh-session/{email}")
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "message": "API Error", "error": "Internal server error."}


def test_the_root_names_the_api_and_its_endpoints(send, ours):
    answer = send("GET /", key=None)
    assert answer.status_code == 200
    body = answer.json()
    assert body.keys() == {"name", "version", "endpoints", "status"}
    assert body["status"] == {"connected": True}
    documented = {example["name"].split()[1] for example in EXAMPLES}
    assert documented <= set(body["endpoints"].values())


def test_the_state_knows_every_time_once_everything_has_happened(send, users):
    known = send("GET /api/v1/state").json()["data"]
    assert known["connected"] is True
    assert [user["status"] for user in known["stored_data"]["autoCheckinUsers"]] == ["normal", "normal"]
    assert None not in known["stored_data"].values()
