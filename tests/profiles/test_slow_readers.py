"""Slow readers of exports, at the web server as production runs it."""

import http.client
from contextlib import ExitStack, closing

import pytest
from django.db import connection

from core.exporting import AT_ONCE
from core.testing.waiting import eventually
from devstack.ports import free_port
from tests.profiles.factories import BrowserProfileFactory

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

EXPORT = "/api/v1/logged-out-profiles/export"
THREADS = 8
SIZE = ("--workers", "1", "--threads", str(THREADS))
# More than all buffers between the server and its reader hold.
ROWS = 40_000


@pytest.fixture
def ask(start_process, in_scope):
    """Ask a web server of one process for a path; nothing but the head of the answer is read."""
    profile = BrowserProfileFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO logged_out_profiles (organization_id, profile_id, reason)"
            " SELECT %s, %s, repeat('x', 1000) FROM generate_series(1, %s)",
            [profile.organization_id, profile.pk, ROWS],
        )
    port = free_port()
    start_process("web", "-m", "core.web", "config.wsgi:application", "--port", str(port), *SIZE)

    def ask(path: str) -> http.client.HTTPResponse:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.request("GET", path, headers={"X-API-Key": "demo-api-key", "Connection": "close"})
        return client.getresponse()

    def is_up() -> bool:
        try:
            with closing(ask("/livez")) as answer:
                return answer.status == 200
        except ConnectionRefusedError:
            return False

    eventually(is_up, seconds=30)
    return ask


def status_of(answer: http.client.HTTPResponse) -> int:
    with closing(answer):
        answer.read()
    return answer.status


def test_however_many_there_are_everything_else_is_answered_and_who_goes_away_makes_room(ask):
    with ExitStack() as stack:
        readers = [stack.enter_context(closing(ask(EXPORT))) for _ in range(2 * THREADS)]
        assert sorted(reader.status for reader in readers) == [200] * AT_ONCE + [429] * (2 * THREADS - AT_ONCE)
        assert status_of(ask("/livez")) == 200
        assert status_of(ask("/api/v1/logged-out-profiles/?limit=1")) == 200
        assert status_of(ask(EXPORT)) == 429
    eventually(lambda: status_of(ask(EXPORT)) == 200, seconds=20)
