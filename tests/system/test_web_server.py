"""The web server as production runs it: several workers that count together, and an orderly end."""

import http.client
import json
import time
from contextlib import closing

import pytest

from core.testing.waiting import eventually
from devstack.ports import free_port

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def get(port):
    """GET a path over a connection of its own: (status, body), or None if nobody listens."""

    def get(path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path, headers={"Connection": "close", **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionRefusedError:
            return None
        finally:
            connection.close()

    return get


@pytest.fixture
def start_web(start_process, port, get):
    def start(*arguments):
        web = start_process("web", "-m", "core.web", "config.wsgi:application", "--port", str(port), *arguments)
        eventually(lambda: get("/livez") == (200, "ok\n"), seconds=30)
        return web

    return start


def test_the_workers_count_together(start_web, get):
    start_web("--workers", "2")
    for _ in range(40):
        assert get("/livez?counted")[0] == 200
    totals = set()
    for _ in range(10):
        status, page = get("/metrics", Authorization="Bearer demo-metrics-token")
        assert status == 200
        counted = 'switchboard_http_requests_total{method="GET",route="livez",status="200"} '
        totals.update(line.removeprefix(counted) for line in page.splitlines() if line.startswith(counted))
    assert len(totals) == 1  # whichever worker is asked, and including those that waited for the start
    assert float(totals.pop()) >= 41


def in_chunks(port, *parts, path="/api/v1/auth/login/"):
    """Post a body that comes in chunks, each in a packet of its own, to log in unless told: (status, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    headers = {"Content-Type": "application/json", "Connection": "close"}
    connection.request("POST", path, iter(parts), headers, encode_chunked=True)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def test_a_body_in_chunks_is_read_like_any_other(start_web, port):
    start_web()
    status, body = in_chunks(port, b'{"email": "nobody@demo.test", ', b'"password": "x"}')
    assert (status, body) == (401, {"detail": "Wrong e-mail address or password."})
    status, body = in_chunks(port, b'{"email": "', b"x" * 600_000, b"x" * 600_000, b'"}')
    assert (status, body) == (413, {"success": False, "message": "The request body is over 1,000,000 bytes."})


def test_a_webhook_may_be_larger_in_chunks_too_and_is_read_as_a_whole(start_web, port):
    start_web()
    answers = [
        in_chunks(port, b"x" * 1_500_000, b"x" * last, path="/webhooks/whatsapp/") for last in (1_645_728, 1_645_729)
    ]
    assert answers == [
        (401, {"detail": "X-Hub-Signature-256 is missing, or is not this body's."}),
        (413, {"success": False, "message": "The request body is over 3,145,728 bytes."}),
    ]


def test_a_connection_outlives_the_refusal_of_a_request_whose_body_nobody_wanted(start_web, port):
    start_web()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        for _ in range(1000):
            connection.request("POST", "/api/process-client", b"x" * 20_000, {"Content-Type": "application/json"})
            refusal = connection.getresponse()  # raises RemoteDisconnected where the server closed the connection
            refusal.read()
            assert refusal.status == 401


def test_sigterm_first_turns_balancers_away_then_ends(start_web, get):
    web = start_web("--workers", "2", "--drain-seconds", "4")
    assert get("/readyz")[0] == 200
    began = time.monotonic()
    web.ask_to_stop()
    _, body = eventually(lambda: (answer := get("/readyz")) and answer[0] == 503 and answer)
    assert '"status":"stopping"' in body
    assert get("/livez") == (200, "ok\n")
    assert time.monotonic() - began < 4
    web.wait_stopped(seconds=20)
    assert 4 < time.monotonic() - began < 15
    assert web.exit_code == 0
    assert get("/livez") is None


def test_a_second_sigterm_does_not_wait(start_web, get):
    web = start_web("--drain-seconds", "60")
    web.ask_to_stop()
    eventually(lambda: get("/readyz")[0] == 503)
    began = time.monotonic()
    web.ask_to_stop()
    web.wait_stopped(seconds=10)
    assert time.monotonic() - began < 5
    assert web.exit_code == 0


def test_it_can_be_stopped_while_its_workers_are_still_starting(start_process, port):
    web = start_process("web", "-m", "core.web", "config.wsgi:application", "--port", str(port), "--workers", "2")
    web.wait_until(lambda: "Spawning worker-2" in web.program.log.read_text(), seconds=30)
    began = time.monotonic()
    web.ask_to_stop()
    web.wait_stopped(seconds=15)
    assert time.monotonic() - began < 5
    assert web.exit_code == 0
