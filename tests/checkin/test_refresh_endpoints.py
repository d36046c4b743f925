"""GET and POST /api/v1/refresh and /api/v1/refresh-session/{email}."""

import re

import pytest

from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from core import tenancy
from devstack.upstream.faults import PageFault

pytestmark = pytest.mark.django_db

ALL, ONE = "/api/v1/refresh", "/api/v1/refresh-session"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
EMAILS = ["alice@uni.test", "bob@uni.test", "carol@uni.test"]


@pytest.fixture
def users(upstream, gatekeeper) -> dict[str, str]:
    """Three users of the upstream, whom we have fetched."""
    tokens = upstream.set_users(EMAILS)
    assert gatekeeper.get("/api/v1/fetch-users").status_code == 200
    return tokens


def by_email(answer) -> dict[str, dict]:
    return {session["email"]: session for session in answer.json()["data"]["sessions"]}


# All ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["get", "post"])
def test_every_session_is_refreshed_and_told(gatekeeper, users, upstream, verb):
    answer = getattr(gatekeeper, verb)(ALL)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["success"], body["message"]) == (True, "Checkin sessions refreshed successfully")
    assert [session["email"] for session in body["data"]["sessions"]] == EMAILS
    for session in body["data"]["sessions"]:
        assert TIME.fullmatch(session.pop("last_refreshed_at"))
        assert session == {
            "email": session["email"],
            "status": "normal",
            "checkinReport": None,
            "checkinReportTime": None,
            "error": None,
        }
    run = body["data"]["run"]
    assert {name: run[name] for name in ("kind", "total", "done", "normal", "percent", "error")} == {
        "kind": "all",
        "total": 3,
        "done": 3,
        "normal": 3,
        "percent": 100,
        "error": None,
    }
    assert run["id"] == str(RefreshRun.unscoped.get().pk)
    assert all(upstream.user(email)["refreshed"] == 1 for email in EMAILS)
    assert not any(token in answer.content.decode() for token in users.values())


def test_each_session_tells_truthfully_what_came_of_it(gatekeeper, users, upstream):
    upstream.expire("alice@uni.test")
    upstream.set_fault("bob@uni.test", PageFault.WRONG_EMAIL)
    answer = gatekeeper.get(ALL)
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    assert answer.json()["message"] == "Checkin sessions refreshed: 1 normal, 1 expired, 1 failed"
    told = by_email(answer)
    assert {email: session["status"] for email, session in told.items()} == {
        "alice@uni.test": "expired",
        "bob@uni.test": "failed",
        "carol@uni.test": "normal",
    }
    assert told["alice@uni.test"]["last_refreshed_at"] is None
    assert told["alice@uni.test"]["error"]
    assert told["bob@uni.test"]["error"]
    run = answer.json()["data"]["run"]
    assert (run["normal"], run["expired"], run["failed"], run["percent"]) == (1, 1, 1, 100)


def test_without_users_there_is_nothing_to_refresh_and_that_is_no_error(gatekeeper, upstream):
    answer = gatekeeper.get(ALL)
    assert answer.status_code == 200
    assert (answer.json()["success"], answer.json()["message"]) == (True, "No checkin session was refreshed")
    assert answer.json()["data"]["sessions"] == []
    assert answer.json()["data"]["run"]["percent"] == 100


def test_when_only_expired_sessions_are_left_none_was_refreshed_and_the_message_says_so(gatekeeper, users, upstream):
    for email in EMAILS:
        upstream.expire(email)
    messages = [gatekeeper.get(ALL).json()["message"] for _ in range(2)]
    assert messages == ["Checkin sessions refreshed: 0 normal, 3 expired, 0 failed", "No checkin session was refreshed"]
    assert upstream.facts()["page_requests"] == 3


@pytest.mark.parametrize("verb", ["get", "post"])
def test_who_does_not_want_to_wait_gets_the_run_at_once(gatekeeper, users, upstream, verb):
    answer = getattr(gatekeeper, verb)(f"{ALL}?wait=false")
    assert answer.status_code == 202
    body = answer.json()
    assert body["message"] == "Checkin sessions are being refreshed"
    assert body["data"].keys() == {"run"}
    run = body["data"]["run"]
    assert (run["total"], run["done"], run["percent"], run["finished_at"]) == (3, 0, 0, None)
    assert gatekeeper.get(f"/api/v1/refresh-runs/{run['id']}").json()["data"]["run"] == run
    assert upstream.facts()["page_requests"] == 0
    again = getattr(gatekeeper, verb)(f"{ALL}?wait=false")
    assert again.json()["data"]["run"]["id"] == run["id"], "one run of all at a time"


def test_an_upstream_that_is_away_leaves_the_run_open_and_says_so(gatekeeper, users, settings):
    settings.CHECKIN_URL = "http://127.0.0.1:1"
    settings.CHECKIN_CONCURRENCY = 1
    CheckinSession.unscoped.bulk_create(
        [
            CheckinSession(organization_id=session.organization_id, email=f"{n}@uni.test", token="t")
            for n, session in zip(range(8), [CheckinSession.unscoped.first()] * 8, strict=True)
        ]
    )
    answer = gatekeeper.get(ALL)
    assert answer.status_code == 202
    assert answer.json()["message"] == "Checkin sessions are being refreshed"
    run = answer.json()["data"]["run"]
    assert run["finished_at"] is None
    assert run["percent"] < 100
    assert "127.0.0.1:1" in run["error"]
    assert "normal" not in {session["status"] for session in answer.json()["data"]["sessions"]}


@pytest.mark.parametrize(("query", "name"), [("wait=maybe", "wait"), ("wait=1&wait=0", "wait"), ("now=true", "now")])
def test_a_bad_parameter_is_named_and_nothing_is_asked(gatekeeper, users, upstream, query, name):
    answer = gatekeeper.get(f"{ALL}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]
    assert upstream.facts()["page_requests"] == 0


def test_what_stands_in_the_body_by_mistake_is_refused(gatekeeper, users, upstream):
    for path in (ALL, f"{ONE}/alice@uni.test", "/api/v1/fetch-users"):
        answer = gatekeeper.post(path, {"wait": False}, format="json")
        assert (answer.status_code, answer.json()["errors"]) == (400, {"wait": ["Unknown field."]})
    assert upstream.facts()["page_requests"] == 0


# One ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["get", "post"])
def test_one_session_is_refreshed_and_no_other(gatekeeper, users, upstream, verb):
    answer = getattr(gatekeeper, verb)(f"{ONE}/alice@uni.test")
    assert answer.status_code == 200
    body = answer.json()
    assert TIME.fullmatch(body["data"]["session"].pop("last_refreshed_at"))
    assert body == {
        "success": True,
        "message": "Checkin session refreshed successfully",
        "data": {
            "session": {
                "email": "alice@uni.test",
                "status": "normal",
                "checkinReport": None,
                "checkinReportTime": None,
                "error": None,
            }
        },
    }
    assert [upstream.user(email)["refreshed"] for email in EMAILS] == [1, 0, 0]


@pytest.mark.parametrize("spelling", ["ALICE@Uni.Test", "alice%40uni.test", "alice@uni.test/", "Alice%40UNI.test/"])
def test_the_address_is_found_however_it_is_spelt(gatekeeper, users, spelling):
    assert gatekeeper.get(f"{ONE}/{spelling}").json()["data"]["session"]["email"] == "alice@uni.test"


@pytest.mark.parametrize("email", ["nobody@uni.test", "%00", "%ff", "alice@uni.test/more", "x" * 300, "{$gt:1}"])
def test_an_unknown_address_is_404_and_nothing_is_asked(gatekeeper, users, upstream, email):
    answer = gatekeeper.get(f"{ONE}/{email}")
    assert answer.status_code == 404
    assert (answer.json()["success"], answer.json()["message"]) == (False, "API Error")
    assert answer.json()["error"].startswith("There is no check-in session of ")
    assert upstream.facts()["page_requests"] == 0
    assert RefreshRun.unscoped.count() == 0


def test_an_expired_session_says_what_its_user_has_to_do(gatekeeper, users, upstream):
    upstream.expire("alice@uni.test")
    answer = gatekeeper.get(f"{ONE}/alice@uni.test")
    assert answer.status_code == 200
    assert answer.json()["message"] == "Checkin session has expired: its user has to log in again"
    session = answer.json()["data"]["session"]
    assert (session["status"], session["last_refreshed_at"]) == ("expired", None)


def test_a_session_that_fails_is_not_called_refreshed(gatekeeper, users, upstream):
    upstream.set_fault("alice@uni.test", PageFault.ERROR)
    answer = gatekeeper.get(f"{ONE}/alice@uni.test")
    assert answer.status_code == 200
    assert answer.json()["message"] == "Checkin session could not be refreshed"
    session = answer.json()["data"]["session"]
    assert session["status"] == "failed"
    assert "500" in session["error"]


def test_a_session_of_another_organization_does_not_exist(gatekeeper, users, theirs, upstream):
    with tenancy.scope(theirs.organization.pk):
        CheckinSession.objects.create(email="carol@other.test", token="t")
    answer = gatekeeper.post(f"{ONE}/carol@other.test")
    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no check-in session of carol@other.test."
    assert RefreshAttempt.unscoped.count() == 0


# Both -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [ALL, f"{ALL}?wait=false", f"{ONE}/alice@uni.test", "/api/v1/fetch-users"])
def test_when_check_in_is_switched_off_it_says_so(gatekeeper, users, settings, path):
    settings.CHECKIN_URL = ""
    answer = gatekeeper.get(path)
    assert answer.status_code == 400
    assert answer.json() == {
        "success": False,
        "message": "API Error",
        "error": "Check-in is switched off: CHECKIN_URL is empty.",
    }


def test_what_each_costs(gatekeeper, users, counted):
    """But refreshing all, whose statements are as many as there are moments in which answers come in."""
    gatekeeper.get(ALL)
    with counted("GET /api/v1/refresh-session"):
        gatekeeper.get(f"{ONE}/alice@uni.test")
    with counted("GET /api/v1/refresh?wait=false"):
        gatekeeper.get(f"{ALL}?wait=false")
    with counted("GET /api/v1/refresh?wait=false (joined)"):
        gatekeeper.get(f"{ALL}?wait=false")
