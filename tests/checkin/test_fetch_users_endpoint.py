"""GET and POST /api/v1/fetch-users."""

import pytest

from checkin.models import CheckinSession, UpstreamStanding
from devstack.upstream.faults import ApiFault

pytestmark = pytest.mark.django_db

PATH = "/api/v1/fetch-users"
NOTHING_NEW = {"success": True, "listed": 2, "added": 0, "logged_in": 0, "resumed": 0, "removed": 0, "problems": 0}


@pytest.fixture
def two_users(upstream) -> dict[str, str]:
    return upstream.set_users(["Alice@Uni.Test", "bob@uni.test"])


@pytest.mark.parametrize("verb", ["get", "post"])
def test_the_upstreams_users_become_ours(gatekeeper, two_users, verb):
    answer = getattr(gatekeeper, verb)(PATH)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "User fetch completed",
        "data": {**NOTHING_NEW, "added": 2},
    }
    assert set(CheckinSession.unscoped.values_list("email", "status")) == {
        ("alice@uni.test", None),
        ("bob@uni.test", None),
    }
    assert not any(token in answer.content.decode() for token in two_users.values())
    assert getattr(gatekeeper, verb)(PATH).json()["data"] == NOTHING_NEW


def test_who_is_gone_new_or_has_logged_in_anew_is_counted(gatekeeper, two_users, upstream):
    gatekeeper.get(PATH)
    upstream.remove_user("bob@uni.test")
    upstream.add_user("carol@uni.test")
    upstream.log_in("Alice@Uni.Test")
    assert gatekeeper.get(PATH).json()["data"] == {**NOTHING_NEW, "added": 1, "logged_in": 1, "removed": 1}
    assert gatekeeper.get("/api/v1/state").json()["data"]["stored_data"]["last_users_fetch"] is not None


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ApiFault.ERROR, "answered 500"),
        (ApiFault.GARBAGE, "not JSON"),
        (ApiFault.UNSUCCESSFUL, "could not do it"),
        (ApiFault.REDIRECT, "sends us elsewhere"),
        (ApiFault.DROP, "broke"),
    ],
)
def test_an_upstream_that_does_not_answer_is_503_with_the_reason_and_changes_nothing(
    gatekeeper, two_users, upstream, fault, reason
):
    gatekeeper.get(PATH)
    before = list(CheckinSession.unscoped.order_by("email").values())
    fetched_at = UpstreamStanding.unscoped.get().users_fetched_at
    upstream.set_api_fault(fault, path="users")
    answer = gatekeeper.get(PATH)
    assert answer.status_code == 503
    assert (answer.json()["success"], answer.json()["message"]) == (False, "API Error")
    assert reason in answer.json()["error"]
    assert int(answer["Retry-After"]) >= 1
    assert list(CheckinSession.unscoped.order_by("email").values()) == before
    assert UpstreamStanding.unscoped.get().users_fetched_at == fetched_at


def test_what_it_costs(gatekeeper, two_users, counted):
    gatekeeper.get("/api/v1/auth/test")
    with counted("GET /api/v1/fetch-users (new)"):
        gatekeeper.get(PATH)
    with counted("GET /api/v1/fetch-users"):
        gatekeeper.get(PATH)
