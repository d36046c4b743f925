"""The server of live events as production runs it, with real streams."""

import http.client
import json
import re
import socket
import time
from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from accounts.services import deactivate_user, issue_api_key, revoke_api_key
from accounts.tokens import SignedAccess
from core import gate, redis, tenancy
from core.testing.waiting import eventually
from devstack.ports import free_port
from tests.conftest import PASSWORD
from tests.system.live import Stream, happens, much_happens

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]
KEY = {"X-API-Key": "demo-api-key"}


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def get(port):
    """Ask once: (status, headers, body), or None if nobody listens."""

    def get(path, method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request(method, path, headers={"Connection": "close", **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        except ConnectionRefusedError:
            return None
        finally:
            connection.close()

    return get


@pytest.fixture
def start_live(start_process, port, get):
    def start(*arguments):
        fixed = ("--interface", "asgi", "--workers", "1", "--connections", "11000", "--kill-seconds", "5")
        program = ("-m", "core.web", "config.asgi:application", "--port", str(port))
        live = start_process("live", *program, *fixed, *arguments)
        live.wait_until(lambda: (answer := get("/livez")) and answer[2] == "ok\n", seconds=30)
        return live

    return start


@pytest.fixture
def live(start_live):
    return start_live()


@pytest.fixture
def watch(port):
    """Open a stream. All are closed at the end."""
    opened = []

    def watch(path="/live/", **headers):
        opened.append(Stream(port, path, **(headers or KEY)))
        return opened[-1]

    yield watch
    for stream in opened:
        stream.close()


@pytest.fixture
def login():
    """Log a user in: what the answer says."""

    def login(user):
        answer = APIClient().post("/api/v1/auth/login/", {"email": user.email, "password": PASSWORD}, format="json")
        assert answer.status_code == 200
        return answer.json()

    return login


def bearer(access):
    return {"Authorization": f"Bearer {access}"}


def log_of(process):
    return [json.loads(line) for line in process.program.log.read_text().splitlines() if line.startswith("{")]


def endings(process):
    return [line["reason"] for line in log_of(process) if line["event"] == "live_stream_ended"]


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


def test_whoever_may_not_watch_is_told_why(ours, live, get, login):
    def refused(path="/live/", method="GET", **headers):
        status, fields, body = get(path, method, **headers)
        assert fields["Content-Type"] == "application/json"
        assert re.fullmatch(r"[0-9a-f-]{36}", fields["X-Request-ID"])
        return status, json.loads(body or "{}")

    missing = {"detail": "Authentication credentials were not provided."}
    assert refused() == refused("/live", Accept="text/event-stream") == (401, missing)
    assert refused(**bearer("x")) == (401, {"detail": "The token is invalid or has expired."})
    assert refused(**{"X-API-Key": "x"})[0] == 401
    assert get("/live/")[1]["WWW-Authenticate"] == 'Bearer realm="api"'
    closed = {"detail": "This API key does not open live events."}
    assert refused(**{"X-API-Key": "demo-checkout-key"}) == (403, closed)
    assert refused("/live/?events=job.*", **KEY) == (403, {"detail": "This API key does not open live events of job."})
    status, body = refused("/live/?events=a%20b", **KEY)
    assert (status, list(body["errors"])) == (400, ["events"])
    assert refused("/live/?colour=red", **KEY)[0] == 400
    assert refused("/live/?events=%ff", **KEY)[0] == 400
    for method in ("POST", "HEAD", "PUT", "DELETE", "OPTIONS"):
        status, fields, body = get("/live/", method, **KEY)
        assert (status, fields["Allow"]) == (405, "GET")
        if method != "HEAD":
            assert json.loads(body) == {"detail": f'Method "{method}" not allowed.'}
    for path in ("/lives", "/live/x", "/health", "/%ff%00"):
        assert refused(path, **KEY) == (404, refused("/x")[1])
    assert get("/livez/")[2] == "ok\n"
    assert refused("/readyz") == (200, json.loads(get("/readyz")[2]))


def test_opening_a_stream_is_counted_once_and_logged(ours, live, watch, login, get):
    access = login(ours.admin)["access"]
    first = watch(**bearer(access), **{"X-Request-ID": "watching-1"})
    assert first.answer.headers["X-Request-ID"] == "watching-1"
    assert first.answer.headers["X-RateLimit-Remaining"] == "4999"
    eventually(lambda: "switchboard_live_streams 1.0\n" in get("/metrics", **bearer("demo-metrics-token"))[2])
    second = watch(**bearer(access))
    assert second.answer.headers["X-RateLimit-Remaining"] == "4998"
    first.close()
    [ended] = eventually(lambda: [line for line in log_of(live) if line["event"] == "live_stream_ended"])
    assert (ended["request_id"], ended["reason"], ended["caller"]) == ("watching-1", "left", str(ours.admin.pk))
    [begun, answered] = [line for line in log_of(live) if line.get("request_id") == "watching-1"][:2]
    assert (begun["event"], answered["event"], answered["code"]) == ("request_started", "request_finished", 200)


@pytest.mark.parametrize("how", ["logged out", "deactivated", "key revoked", "token expired"])
def test_whose_credentials_end_is_cut_off_within_five_seconds(how, ours, live, watch, login):
    tokens = login(ours.client)
    with tenancy.scope(ours.organization.pk):
        issued = issue_api_key(name="Console", scopes=["profiles"])
    stays = watch(**bearer(login(ours.admin)["access"]))
    headers = {"X-API-Key": issued.secret} if how == "key revoked" else bearer(tokens["access"])
    if how == "token expired":
        short = SignedAccess(tokens["access"])
        short.set_exp(lifetime=timedelta(seconds=2))
        headers = bearer(str(short))
    stream = watch(**headers)
    assert stream.lines() == ["retry: 3000"]
    happens(ours, id=1)
    assert stream.next() == ("profile.logged_out", {"id": 1})

    if how == "logged out":
        out = APIClient().post(
            "/api/v1/auth/logout/", {"refresh": tokens["refresh"]}, format="json", headers=bearer(tokens["access"])
        )
        assert out.status_code == 200
    with tenancy.scope(ours.organization.pk):
        if how == "deactivated":
            deactivate_user(user=ours.client)
        if how == "key revoked":
            revoke_api_key(api_key=issued.key)
    began = time.monotonic()
    assert stream.next() is None
    assert time.monotonic() - began < 5
    assert watch(**headers).status == 401
    happens(ours, id=2)
    assert [stays.next()[1], stays.next()[1]] == [{"id": 1}, {"id": 2}]
    assert endings(live) == ["refused"]


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


@pytest.fixture
def own_redis(private_valkey, settings, monkeypatch):
    """A Redis of this test's own, for the test and for the processes it starts."""
    settings.REDIS_URL = private_valkey.database_url(0)
    monkeypatch.setenv("REDIS_URL", settings.REDIS_URL)
    for cached in (redis.client, gate._script):
        cached.cache_clear()
    yield private_valkey
    for cached in (redis.client, gate._script):
        cached.cache_clear()


def test_many_streams_share_one_subscription(ours, theirs, own_redis, live, watch, login):
    people = [ours.admin, ours.client, ours.agent, theirs.admin, theirs.client]
    logins = [bearer(login(person)["access"]) for person in people]
    streams = [watch(**each) for each in logins for _ in range(10)]
    assert {stream.status for stream in streams} == {200}
    subscribed = [one for one in redis.client().client_list() if int(one["psub"]) + int(one["sub"]) > 0]
    assert len(subscribed) == 1
    assert subscribed[0]["psub"] == "1"
    happens(ours, id=1)
    happens(theirs, id=2)
    assert [stream.next()[1]["id"] for stream in streams] == [1] * 30 + [2] * 20


def test_streams_outlive_redis_and_are_told_of_the_gap(ours, own_redis, live, watch, login):
    access = bearer(login(ours.admin)["access"])
    stream = watch(**access)
    happens(ours, id=1)
    assert stream.next()[1] == {"id": 1}
    own_redis.kill()
    eventually(lambda: "live_events_interrupted" in {line["event"] for line in log_of(live)})
    happens(ours, id=2)  # nobody can hear it
    late = watch(**access)
    assert late.status == 200
    own_redis.start()
    for one in (stream, late):
        name, data = one.next()
        assert (name, list(data)) == ("live.gap", ["since"])
    happens(ours, id=3)
    assert stream.next() == late.next() == ("profile.logged_out", {"id": 3})
    assert endings(live) == []


@pytest.fixture
def stuck(port):
    """Open a stream and take nothing of it: the connection."""
    opened = []

    def stuck(access):
        opened.append(socket.create_connection(("127.0.0.1", port)))
        head = f"GET /live/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {access}\r\n\r\n"
        opened[-1].sendall(head.encode())
        assert opened[-1].recv(12) == b"HTTP/1.1 200"
        return opened[-1]

    yield stuck
    for connection in opened:
        connection.close()


def read_to_the_end(connection):
    while connection.recv(1_000_000):
        pass


def test_who_does_not_keep_up_is_cut_off_and_nobody_else_notices(ours, live, stuck, watch, login, get):
    slow = stuck(login(ours.client)["access"])
    quick = watch(**bearer(login(ours.admin)["access"]))
    for _ in range(30):
        much_happens(ours, events=50, size=10_000)
        assert [quick.next()[1]["id"] for _ in range(50)] == list(range(50))
    eventually(lambda: endings(live) == ["slow"])
    with pytest.raises(ConnectionResetError):
        read_to_the_end(slow)
    eventually(lambda: "switchboard_live_streams 1.0\n" in get("/metrics", **bearer("demo-metrics-token"))[2])


def test_a_large_batch_is_no_reason_to_cut_anybody_off(ours, live, watch, login):
    streams = [watch(**bearer(login(person)["access"])) for person in (ours.admin, ours.client)]
    much_happens(ours, events=10_000, size=300)
    for stream in streams:
        assert [stream.next()[1]["id"] for _ in range(10_000)] == list(range(10_000))


def test_sigterm_ends_the_streams_and_the_process(ours, live, stuck, watch, login, get):
    streams = [watch(), watch(**bearer(login(ours.admin)["access"]))]
    stuck(login(ours.client)["access"])
    much_happens(ours, events=100, size=50_000)
    began = time.monotonic()
    live.ask_to_stop()
    for stream in streams:
        while stream.next():
            pass  # and then it ends as it should, not in the middle of a chunk
    live.wait_stopped(seconds=10)
    assert time.monotonic() - began < 4
    assert live.exit_code == 0
    assert get("/livez") is None
    assert endings(live) == ["stopping"] * 3
