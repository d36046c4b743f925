"""The server of live events as production runs it, and those who watch."""

import socket
from contextlib import suppress

import httpx
import pytest
from rest_framework.test import APIClient

from core import gate, redis
from devstack.ports import free_port
from tests.conftest import PASSWORD
from tests.system.live.client import KEY, Stream


@pytest.fixture
def port():
    """Where it listens."""
    return free_port()


@pytest.fixture
def ask(port):
    """Ask the server of live events once. Raises httpx.ConnectError if nobody listens."""

    def ask(path, method="GET", **headers):
        return httpx.request(method, f"http://127.0.0.1:{port}{path}", headers=headers, timeout=5)

    return ask


@pytest.fixture
def live(start_process, port, ask):
    """The server of live events, running."""

    def is_there():
        with suppress(httpx.ConnectError):
            return ask("/livez").text == "ok\n"
        return False

    asgi = ("config.asgi:application", "--interface", "asgi", "--workers", "1", "--connections", "11000")
    process = start_process("live", "-m", "core.web", *asgi, "--port", str(port), "--kill-seconds", "5")
    process.wait_until(is_there, seconds=30)
    return process


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
