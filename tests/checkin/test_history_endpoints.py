"""GET /api/v1/refresh-runs, /api/v1/refresh-runs/{run_id} and /api/v1/session-history/{email}."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from core import tenancy

pytestmark = pytest.mark.django_db

RUNS, HISTORY = "/api/v1/refresh-runs", "/api/v1/session-history"
START = datetime(2026, 3, 21, 10, 30, tzinfo=UTC)


@pytest.fixture
def session(in_scope) -> CheckinSession:
    return CheckinSession.objects.create(email="alice+exam@uni.test", token="planted-session-token-0123456789")


def a_run(minutes: int = 0, **fields) -> RefreshRun:
    started = START + timedelta(minutes=minutes)
    return RefreshRun.objects.create(
        **{"kind": "single", "started_at": started, "finished_at": started + timedelta(seconds=2), **fields}
    )


def an_attempt(session: CheckinSession, run: RefreshRun, **fields) -> RefreshAttempt:
    return RefreshAttempt.objects.create(
        **{"session": session, "run": run, "lease_token": uuid4(), "started_at": START, **fields}
    )


def unknown(message: str) -> dict:
    return {"success": False, "message": "API Error", "error": message}


def test_a_run_tells_what_came_of_it(gatekeeper, in_scope):
    run = a_run(kind="all", total=10, normal=5, expired=1, failed=3, skipped=1)
    answer = gatekeeper.get(f"{RUNS}/{run.pk}")
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "message": "Refresh Run",
        "data": {
            "run": {
                "id": str(run.pk),
                "kind": "all",
                "total": 10,
                "done": 10,
                "normal": 5,
                "expired": 1,
                "failed": 3,
                "skipped": 1,
                "percent": 100,
                "error": None,
                "started_at": "2026-03-21T10:30:00Z",
                "finished_at": "2026-03-21T10:30:02Z",
            }
        },
    }


@pytest.mark.parametrize(
    ("counters", "done", "percent"),
    [
        ({"total": 0}, 0, 0),
        ({"total": 3}, 0, 0),
        ({"total": 3, "normal": 1}, 1, 33),
        ({"total": 1000, "normal": 990, "failed": 9}, 999, 99),
        ({"total": 3, "normal": 1, "skipped": 2}, 3, 99),
    ],
)
def test_a_run_that_goes_on_tells_how_far_it_is(gatekeeper, in_scope, counters, done, percent):
    run = a_run(kind="due", finished_at=None, **counters)
    told = gatekeeper.get(f"{RUNS}/{run.pk}").json()["data"]["run"]
    assert (told["done"], told["percent"], told["finished_at"]) == (done, percent, None)


def test_runs_are_listed_the_newest_first_a_page_at_a_time(gatekeeper, in_scope):
    runs = [a_run(minute) for minute in range(5)]
    pages = [gatekeeper.get(f"{RUNS}?limit=2&offset={offset}").json() for offset in (0, 2, 4, 6)]
    assert {page["message"] for page in pages} == {"Refresh Runs"}
    assert {page["data"]["total_count"] for page in pages} == {5}
    assert [[run["id"] for run in page["data"]["runs"]] for page in pages] == [
        [str(runs[4].pk), str(runs[3].pk)],
        [str(runs[2].pk), str(runs[1].pk)],
        [str(runs[0].pk)],
        [],
    ]


@pytest.mark.parametrize("path", [RUNS, f"{HISTORY}/alice+exam@uni.test"])
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "offset=-1", "offset=%00", "limit=1&limit=2", "page=1"]
)
def test_a_bad_parameter_is_named(gatekeeper, session, path, query):
    answer = gatekeeper.get(f"{path}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    ("run_id", "status", "error"),
    [
        ("11111111-2222-4333-8444-555555555555", 404, "There is no such refresh run."),
        ("latest", 400, "run_id: Must be a valid UUID."),
        ("0", 400, "run_id: Must be a valid UUID."),
    ],
)
def test_an_unknown_run_is_404_and_what_is_no_id_400(gatekeeper, run_id, status, error):
    answer = gatekeeper.get(f"{RUNS}/{run_id}")
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_sessions_history_tells_each_attempt_the_newest_first(gatekeeper, session):
    due, single = a_run(kind="due"), a_run(1)
    an_attempt(session, due, outcome="normal", has_rotated=True, finished_at=START + timedelta(seconds=1))
    an_attempt(session, single, outcome="failed", error="page.test answered 500.", stray_token="planted-stray-token")
    answer = gatekeeper.get(f"{HISTORY}/{session.email}")
    assert answer.status_code == 200
    assert "planted" not in answer.content.decode()
    assert answer.json() == {
        "success": True,
        "message": "Session History",
        "data": {
            "email": "alice+exam@uni.test",
            "attempts": [
                {
                    "outcome": "failed",
                    "error": "page.test answered 500.",
                    "rotated": False,
                    "started_at": "2026-03-21T10:30:00Z",
                    "finished_at": None,
                    "run_id": str(single.pk),
                    "kind": "single",
                },
                {
                    "outcome": "normal",
                    "error": None,
                    "rotated": True,
                    "started_at": "2026-03-21T10:30:00Z",
                    "finished_at": "2026-03-21T10:30:01Z",
                    "run_id": str(due.pk),
                    "kind": "due",
                },
            ],
            "total_count": 2,
        },
    }


@pytest.mark.parametrize(
    "spelling",
    [
        "alice+exam@uni.test",
        "ALICE+Exam@Uni.Test",
        "alice%2Bexam%40uni.test",
        "alice+exam@uni.test/",
        "%20alice+exam@uni.test",
    ],
)
def test_an_address_is_found_however_it_is_spelt(gatekeeper, session, spelling):
    assert gatekeeper.get(f"{HISTORY}/{spelling}").json()["data"]["email"] == session.email


def test_an_address_with_a_slash_is_one_address(gatekeeper, in_scope):
    CheckinSession.objects.create(email="either/or@uni.test")
    for spelling in ("either/or@uni.test", "either%2For@uni.test", "either%2For@uni.test/"):
        assert gatekeeper.get(f"{HISTORY}/{spelling}").status_code == 200


@pytest.mark.parametrize("email", ["bob@uni.test", "%00", "%ff", "alice", "alice+exam@uni.test/more"])
def test_an_unknown_address_is_404(gatekeeper, session, email):
    answer = gatekeeper.get(f"{HISTORY}/{email}")
    assert answer.status_code == 404
    assert answer.json()["error"].startswith("There is no check-in session of ")


def test_another_organizations_runs_and_sessions_do_not_exist(gatekeeper, theirs):
    with tenancy.scope(theirs.organization.pk):
        run = a_run()
        an_attempt(CheckinSession.objects.create(email="carol@other.test"), run)
    assert gatekeeper.get(f"{RUNS}/{run.pk}").json() == unknown("There is no such refresh run.")
    assert gatekeeper.get(RUNS).json()["data"] == {"runs": [], "total_count": 0}
    answer = gatekeeper.get(f"{HISTORY}/carol@other.test")
    assert (answer.status_code, answer.json()) == (404, unknown("There is no check-in session of carol@other.test."))


def test_rows_do_not_change_the_number_of_queries(gatekeeper, session, counted):
    for run in (runs := [a_run(minute) for minute in range(20)]):
        an_attempt(session, run)
    gatekeeper.get(RUNS)
    with counted("GET /api/v1/refresh-runs"):
        assert len(gatekeeper.get(RUNS).json()["data"]["runs"]) == 20
    with counted("GET /api/v1/refresh-runs/{run_id}"):
        gatekeeper.get(f"{RUNS}/{runs[0].pk}")
    with counted("GET /api/v1/session-history"):
        assert len(gatekeeper.get(f"{HISTORY}/{session.email}").json()["data"]["attempts"]) == 20
