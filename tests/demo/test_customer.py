"""`make demo`, where things are not as they should be."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace

import httpx
import pytest

from demo import customer
from devstack.ports import free_port

LIMIT = 100


@pytest.fixture
def settings_file(tmp_path, monkeypatch):
    """Where a running platform would say how to reach it."""
    path = tmp_path / "stack.env"
    monkeypatch.setattr(customer, "SETTINGS", path)
    return path


@pytest.fixture
def ready_url() -> Iterator[str]:
    """Something that answers as a platform that is ready does."""

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_nothing_runs_where_nothing_was_started(settings_file):
    assert not customer.is_running()


def test_a_platform_that_was_killed_does_not_run(settings_file):
    settings_file.write_text(f"API_BASE_URL=http://127.0.0.1:{free_port()}\n")
    assert not customer.is_running()


def test_a_platform_that_answers_runs(settings_file, ready_url):
    settings_file.write_text(f"API_BASE_URL={ready_url}\n")
    assert customer.is_running()


def test_following_jobs_that_take_long_stays_within_the_limit_of_a_key(monkeypatch):
    """Five jobs that never end, followed to the deadline on a clock of the test's own."""
    clock, asked = [0.0], []
    watch = SimpleNamespace(monotonic=lambda: clock[0], sleep=lambda seconds: clock.append(clock.pop() + seconds))
    monkeypatch.setattr(customer, "time", watch)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/admin/"):
            return httpx.Response(200, json={"client": {"first_name": "Marie", "last_name": "Durand"}})
        asked.append(request.url.path)
        return httpx.Response(200, json={"status": "processing", "progress": {"step": "assigning", "percent": 60}})

    with httpx.Client(base_url="http://demo.test", transport=httpx.MockTransport(answer)) as http:
        jobs = {str(number): "client" for number in range(5)}
        with pytest.raises(SystemExit, match="5 jobs have not ended after 120 s"):
            customer.Customer(http, {}).follow(jobs)
    assert clock[0] >= customer.JOB_SECONDS
    # With five requests to start the jobs and ten to print what they brought.
    assert len(asked) + 15 <= LIMIT
