"""Watching: what is heard, who is let in, and for how long."""

import json
import re
import time
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.services import deactivate_user, issue_api_key, revoke_api_key
from accounts.tokens import SignedAccess
from core import tenancy
from core.testing.waiting import eventually
from tests.system.live.client import KEY, bearer, endings, happens, log_of

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


def test_what_happens_with_us_is_heard_at_once_and_what_happens_with_them_is_not(ours, theirs, live, watch, login):
    people = watch(**bearer(login(ours.client)["access"]))
    program = watch("/live")
    neighbour = watch(**bearer(login(theirs.admin)["access"]))
    for stream in (people, program, neighbour):
        assert stream.status == 200
        assert stream.answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert stream.answer.headers["Cache-Control"] == "no-store"
        assert stream.lines() == ["retry: 3000"]
    happens(theirs, id=1)
    began = time.monotonic()
    happens(ours, id=2, name="Zoé\n")
    for stream in (people, program):
        assert stream.next() == ("profile.logged_out", {"id": 2, "name": "Zoé\n"})
    assert time.monotonic() - began < 1
    assert neighbour.next() == ("profile.logged_out", {"id": 1})


def test_a_logout_that_a_script_reports_is_heard_as_the_api_shows_it(ours, live, watch):
    stream = watch("/live/?events=profile.logged_out")
    script = APIClient(headers=KEY)
    report = {"agent_name": "Bot-1", "profile_name": "Profile 7", "reason": "captcha"}
    reported = script.post("/gmail-automation/logged-out-profiles", report, format="json")
    assert reported.status_code in {200, 201}
    name, data = stream.next()
    assert name == "profile.logged_out"
    assert data == script.get(f"/api/v1/logged-out-profiles/{data['id']}").json()
    assert data["profile_name"] == "Profile 7"


def test_a_watcher_hears_what_he_asked_for(ours, live, watch, login):
    access = login(ours.admin)["access"]
    some = watch("/live/?events=profile.logged_out,job.*", **bearer(access))
    program = watch()
    for name in ("profile.deleted", "profile.logged_out", "jobs.started", "job.ended"):
        happens(ours, name)
    assert [some.next()[0], some.next()[0]] == ["profile.logged_out", "job.ended"]
    happens(ours, "profile.created")
    heard = [program.next()[0] for _ in range(3)]
    assert heard == ["profile.deleted", "profile.logged_out", "profile.created"]  # no events of other families


def test_whoever_may_not_watch_is_told_why(ours, live, ask, login):
    def refused(path="/live/", method="GET", **headers):
        answer = ask(path, method, **headers)
        assert answer.headers["Content-Type"] == "application/json"
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-ID"])
        return answer.status_code, answer.json()

    missing = {"detail": "Authentication credentials were not provided."}
    assert refused() == refused("/live", Accept="text/event-stream") == (401, missing)
    assert refused(**bearer("x")) == (401, {"detail": "The token is invalid or has expired."})
    assert refused(**{"X-API-Key": "x"})[0] == 401
    assert ask("/live/").headers["WWW-Authenticate"] == 'Bearer realm="api"'
    closed = {"detail": "This API key does not open live events."}
    assert refused(**{"X-API-Key": "demo-checkout-key"}) == (403, closed)
    assert refused("/live/?events=job.*", **KEY) == (403, {"detail": "This API key does not open live events of job."})
    status, body = refused("/live/?events=a%20b", **KEY)
    assert (status, list(body["errors"])) == (400, ["events"])
    assert refused("/live/?colour=red", **KEY)[0] == 400
    assert refused("/live/?events=%ff", **KEY)[0] == 400
    for method in ("POST", "HEAD", "PUT", "DELETE", "OPTIONS"):
        answer = ask("/live/", method, **KEY)
        assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
        if method != "HEAD":
            assert answer.json() == {"detail": f'Method "{method}" not allowed.'}
    for path in ("/lives", "/live/x", "/health", "/%ff%00"):
        assert refused(path, **KEY) == (404, refused("/x")[1])
    assert ask("/livez/").text == "ok\n"
    assert refused("/readyz") == (200, ask("/readyz/").json())


def test_opening_a_stream_is_counted_once_and_logged(ours, live, watch, login, ask):
    access = login(ours.admin)["access"]
    first = watch(**bearer(access), **{"X-Request-ID": "watching-1"})
    assert first.answer.headers["X-Request-ID"] == "watching-1"
    assert first.answer.headers["X-RateLimit-Remaining"] == "4999"
    eventually(lambda: "switchboard_live_streams 1.0\n" in ask("/metrics", **bearer("demo-metrics-token")).text)
    second = watch(**bearer(access))
    assert second.answer.headers["X-RateLimit-Remaining"] == "4998"
    first.close()
    [ended] = eventually(lambda: [line for line in log_of(live) if line["event"] == "live_stream_ended"])
    assert (ended["request_id"], ended["reason"], ended["caller"]) == ("watching-1", "left", str(ours.admin.pk))
    [begun, answered] = [line for line in log_of(live) if line.get("request_id") == "watching-1"][:2]
    assert (begun["event"], answered["event"], answered["code"]) == ("request_started", "request_finished", 200)


def test_whose_credentials_end_is_cut_off_within_five_seconds(ours, live, watch, login):
    leaving, staying = login(ours.client), login(ours.admin)
    with tenancy.scope(ours.organization.pk):
        issued = issue_api_key(name="Console", scopes=["profiles"])
    expiring = SignedAccess(staying["access"])
    expiring.set_exp(lifetime=timedelta(seconds=10))
    callers = {
        "logged out": bearer(leaving["access"]),
        "deactivated": bearer(login(ours.agent)["access"]),
        "key revoked": {"X-API-Key": issued.secret},
        "token expired": bearer(str(expiring)),
    }
    streams = {how: watch(**headers) for how, headers in callers.items()}
    stays = watch(**bearer(staying["access"]))
    happens(ours, id=1)
    for stream in streams.values():
        assert stream.next() == ("profile.logged_out", {"id": 1})

    logout = {"refresh": leaving["refresh"]}
    assert APIClient(headers=callers["logged out"]).post("/api/v1/auth/logout/", logout, format="json").json()
    with tenancy.scope(ours.organization.pk):
        deactivate_user(user=ours.agent)
        revoke_api_key(api_key=issued.key)
    began = time.monotonic()
    for how in ("logged out", "deactivated", "key revoked"):
        assert streams[how].next() is None
    assert time.monotonic() - began < 5
    assert streams["token expired"].next() is None
    assert time.time() < expiring["exp"] + 5
    assert {how: watch(**headers).status for how, headers in callers.items()} == dict.fromkeys(callers, 401)
    happens(ours, id=2)
    assert [stays.next()[1], stays.next()[1]] == [{"id": 1}, {"id": 2}]
    assert endings(live) == ["refused"] * 4


def test_a_caller_has_ten_streams_and_gets_a_place_back_when_one_ends(ours, live, watch, login):
    access = bearer(login(ours.client)["access"])
    streams = [watch(**access) for _ in range(10)]
    assert {stream.status for stream in streams} == {200}
    refused = watch(**access)
    assert refused.status == 429
    assert refused.answer.headers["Retry-After"] == "15"
    assert json.loads(refused.answer.read()) == {"detail": "At most 10 live streams at a time: close one first."}
    assert watch(**bearer(login(ours.admin)["access"])).status == 200
    streams[0].close()
    eventually(lambda: watch(**access).status == 200, seconds=5)
