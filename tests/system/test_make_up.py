"""`make up` itself, in a copy of this checkout, with the virtual environment that runs the tests."""

import os
import re
import signal
import socket
import time

import httpx
import psycopg
import pytest
from dotenv import dotenv_values

from tests.devstack.conftest import eventually
from tests.system.checkout import Checkout

STOP_SECONDS = 10
pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


def test_a_run_is_alone_survives_being_killed_and_stops_in_good_order(checkout):
    first = checkout.up()
    shown = checkout.output_of(first)
    assert re.search(r"^Switchboard is ready in \d+\.\d s$", shown, re.MULTILINE)
    for text in (checkout.url, f"{checkout.url}/swagger/", "admin@demo.test", "demo-api-key", "demo-admin-key"):
        assert text in shown
    assert answer(f"{checkout.url}/readyz") == 200
    live = re.search(r"^  Live +(http://127.0.0.1:\d+)/live/$", shown, re.MULTILINE)[1]
    assert answer(f"{live}/livez") == 200
    assert answer(f"{live}/live/") == 401
    stack = dotenv_values(checkout.directory / ".data" / "stack.env")
    with psycopg.connect(stack["DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    second = checkout.make("up")
    assert second.wait(20) != 0
    holder = int(re.search(r"\(process (\d+)\)", checkout.output_of(second))[1])
    assert f"Switchboard runs already in this checkout: {checkout.url} (process {holder})" in checkout.output_of(second)
    assert checkout.make("reset").wait(20) != 0
    assert answer(f"{checkout.url}/readyz") == 200
    assert manage(checkout, "migrate", "--check") == 0

    os.kill(holder, signal.SIGKILL)
    first.wait(20)
    again = checkout.up()
    assert answer(f"{checkout.url}/readyz") == 200
    stack = dotenv_values(checkout.directory / ".data" / "stack.env")
    with psycopg.connect(stack["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)

    asked = time.monotonic()
    again.send_signal(signal.SIGTERM)
    again.wait(STOP_SECONDS)
    eventually(lambda: checkout.processes() == [], seconds=STOP_SECONDS - (time.monotonic() - asked))
    assert not (checkout.directory / ".data" / "stack.env").exists()

    assert checkout.make("reset").wait(20) == 0
    assert not (checkout.directory / ".data").exists()


def test_a_taken_port_is_named_before_anything_starts(checkout):
    with socket.create_server(("127.0.0.1", checkout.port)):
        refused = checkout.make("up")
        assert refused.wait(20) != 0
    assert f"Port {checkout.port} is taken." in checkout.output_of(refused)
    assert checkout.processes() == []
    assert [path.name for path in (checkout.directory / ".data").iterdir()] == ["up.lock"]


def test_a_taken_port_of_live_events_is_named_too(checkout):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        checkout.environment["LIVE_PORT"] = str(port)
        refused = checkout.make("up")
        assert refused.wait(20) != 0
    assert f"Port {port} is taken." in checkout.output_of(refused)
    assert checkout.processes() == []


@pytest.mark.parametrize("variable", ["PORT", "LIVE_PORT"])
def test_a_port_that_is_none_is_refused(checkout, variable):
    checkout.environment[variable] = "http"
    refused = checkout.make("up")
    assert refused.wait(20) != 0
    assert f"{variable} must be a number from 1 to 65535, not 'http'" in checkout.output_of(refused)
    assert not (checkout.directory / ".data").exists()


def answer(url: str) -> int:
    """The status that a GET is answered with."""
    return httpx.get(url, timeout=5).status_code


def manage(checkout: Checkout, *arguments: str) -> int:
    """The exit code of a command typed in a second terminal."""
    return checkout.make("manage", f"ARGS={' '.join(arguments)}").wait(60)
