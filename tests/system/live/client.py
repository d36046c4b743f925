"""A client of live events, and what it is told."""

import http.client
import json
from typing import Any

from django.db import transaction

from core import tenancy
from core.live import announce, announce_many
from devstack.processes import ChildProcess
from tests.conftest import Company

KEY = {"X-API-Key": "demo-api-key"}


class Stream:
    """An open connection to `/live/`, read line by line."""

    def __init__(self, port: int, path: str = "/live/", **headers: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", path, headers={"Accept": "text/event-stream", **headers})
        self.local_port = self.connection.sock.getsockname()[1]
        self.answer = self.connection.getresponse()
        self.status = self.answer.status

    def lines(self) -> list[str]:
        """The lines until the next empty one; none at the end of the stream."""
        found = []
        while line := self.answer.readline():
            if line == b"\n":
                return found
            found.append(line.decode().removesuffix("\n"))
        assert found == []
        return []

    def next(self) -> tuple[str, Any] | None:
        """The next event and its data; None at the end of the stream."""
        while lines := self.lines():
            fields = dict(line.split(": ", 1) for line in lines)
            if "event" in fields:
                assert list(fields) == ["id", "event", "data"]
                return fields["event"], json.loads(fields["data"])
        return None

    def close(self) -> None:
        """Leave."""
        self.answer.close()
        self.connection.close()


def bearer(access: str) -> dict[str, str]:
    """The header that a token is sent in."""
    return {"Authorization": f"Bearer {access}"}


def log_of(process: ChildProcess) -> list[dict[str, Any]]:
    """What a process logged."""
    return [json.loads(line) for line in process.program.log.read_text().splitlines() if line.startswith("{")]


def endings(process: ChildProcess) -> list[str]:
    """Why its streams ended."""
    return [line["reason"] for line in log_of(process) if line["event"] == "live_stream_ended"]


def happens(company: Company, event: str = "profile.logged_out", **payload: Any) -> None:
    """Something happens in an organization."""
    with tenancy.scope(company.organization.pk), transaction.atomic():
        announce(event, payload)


def much_happens(company: Company, *, events: int, size: int) -> None:
    """Many events of some bytes each, in one transaction."""
    with tenancy.scope(company.organization.pk), transaction.atomic():
        announce_many("profile.deleted", [{"id": number, "text": "x" * size} for number in range(events)])
