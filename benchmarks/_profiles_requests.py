"""The requests of `bench_profiles`, and what is right about their answers."""

import http.client
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks._load import Check, Target, WrongAnswer
from benchmarks._profiles_data import AGENTS, PROFILES
from devstack.ports import LOOPBACK

LIST: Final = "/api/v1/logged-out-profiles/?limit=100"
REPORT: Final = "/gmail-automation/logged-out-profiles"
CREATE: Final = "/api/v1/logged-out-profiles/"
PAGE: Final = 100
# What `requests` sends.
HEAD: Final = (
    "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: python-requests/2.32.5\r\n"
    "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n{more}\r\n"
)
FIELDS: Final = ("id", "agent_name", "profile_name", "timestamp", "created_at", "updated_at")
# One in so many answers is read as JSON; the others are looked at as bytes.
READ_EVERY: Final = 50


class Callers:
    """API keys in turn: one may make 5,000 requests an hour. Of none, for an application that asks for no key."""

    def __init__(self, port: int, secrets: Sequence[str] = ()) -> None:
        self._port = port
        self._secrets = secrets

    def listing(self, *, rows: int) -> Target:
        """Asks for the first page of a table with so many rows."""
        return Target(self._port, self._requests("GET", LIST), status=200, check=page_of(rows))

    def reporting(self, path: str) -> Target:
        """Reports logouts, of another profile each time."""
        return Target(self._port, self._requests("POST", path), status=201, check=record())

    def _requests(self, method: str, path: str) -> Iterator[bytes]:
        """Encoded before any is sent."""
        secrets = itertools.cycle(self._secrets or [""])
        return itertools.cycle([self._request(method, path, n, next(secrets)) for n in range(1, PROFILES + 1)])

    def _request(self, method: str, path: str, number: int, secret: str) -> bytes:
        body, more = "", f"X-API-Key: {secret}\r\n" if secret else ""
        if method == "POST":
            names = {"agent_name": f"Agent_{number % AGENTS}", "profile_name": f"profile_gmail_{number}"}
            body = json.dumps(names)
            more += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        head = HEAD.format(method=method, path=path, host=f"{LOOPBACK}:{self._port}", more=more)
        return (head + body).encode()


def page_of(rows: int) -> Check:
    """A page of a hundred, the newest first, and the count of all."""
    turns = itertools.count()
    total = f'"total":{rows},'.encode()

    def check(_request: bytes, body: bytes) -> str | None:
        if body.count(b'"agent_name":') != PAGE or total not in body.replace(b" ", b""):
            return f"not {PAGE} records of {rows:,}"
        if next(turns) % READ_EVERY:
            return None
        page = json.loads(body)
        ids = [item["id"] for item in page["items"]]
        whole = all(set(FIELDS) <= item.keys() for item in page["items"])
        numbers = [page[name] for name in ("total", "page", "per_page", "total_pages")]
        is_right = whole and ids == sorted(ids, reverse=True) and numbers == [rows, 1, PAGE, rows // PAGE]
        return None if is_right else "not the first page"

    return check


def record() -> Check:
    """The record of what was sent."""
    turns = itertools.count()

    def check(request: bytes, body: bytes) -> str | None:
        if not body.startswith(b'{"id":'):
            return "not a record"
        if next(turns) % READ_EVERY:
            return None
        sent: dict[str, Any] = json.loads(request.partition(b"\r\n\r\n")[2])
        answered = json.loads(body)
        is_right = set(FIELDS) <= answered.keys() and sent.items() <= answered.items()
        return None if is_right else "not the record of what was sent"

    return check


def require_guards(port: int, secret: str) -> None:
    """Raise WrongAnswer unless nobody gets in without a key, and requests with one are counted."""
    connection = http.client.HTTPConnection(LOOPBACK, port)
    statuses = []
    for headers in ({}, {"X-API-Key": secret}):
        connection.request("GET", LIST, headers=headers)
        answer = connection.getresponse()
        answer.read()
        statuses.append((answer.status, answer.headers.get("X-RateLimit-Limit")))
    connection.close()
    if statuses != [(401, None), (200, "5000")]:
        raise WrongAnswer(f"Authentication or limits are off: {statuses}")
