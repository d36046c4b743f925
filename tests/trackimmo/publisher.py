"""A publisher of open data for the tests: a real HTTP server that can fail in every way."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

ABZAC = {
    "nom": "Abzac",
    "code": "33001",
    "codesPostaux": ["33230"],
    "codeDepartement": "33",
    "region": {"code": "75", "nom": "Nouvelle-Aquitaine"},
    "population": 2001,
}
Answer = Callable[[Request], Response]


def status(code: int, body: str = "", **headers: str) -> Answer:
    """An answer with this status; `Retry_After` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: Response(body, status=code, headers=named)


@dataclass
class Publisher:
    """Knows `communes`, and publishes `files` with their ETags; whatever stands in `next` is answered first."""

    server: HTTPServer
    communes: dict[str, object] = field(default_factory=dict)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    next: list[Answer] = field(default_factory=list)
    ignores_ranges: bool = False
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(re.compile(".*")).respond_with_handler(self._answer)

    @property
    def host(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    @property
    def asked(self) -> list[str]:
        """The paths of the requests so far."""
        return [request.path for request in self.requests]

    def headers(self, name: str) -> list[str | None]:
        """A header of the requests so far."""
        return [request.headers.get(name) for request in self.requests]

    def publish(self, insee_code: str, year: int, content: bytes, *, etag: str = '"1"') -> str:
        """Publish a file; its path."""
        path = f"/dvf/{year}/communes/{insee_code[:2]}/{insee_code}.csv"
        self.files[path] = content, etag
        return path

    def _answer(self, request: Request) -> Response:
        self.requests.append(request)
        return self.next.pop(0)(request) if self.next else self.usual(request)

    def usual(self, request: Request) -> Response:
        """What it answers when nothing is wrong."""
        if request.path == "/geo/communes":
            found = self.communes.get(request.args["code"])
            return Response(json.dumps([found] if found else []), content_type="application/json")
        if request.path not in self.files:
            return Response("nothing here", status=404)
        return self._give(request, *self.files[request.path])

    def _give(self, request: Request, content: bytes, etag: str) -> Response:
        headers = {"ETag": etag} if etag else {}
        if etag and request.headers.get("If-None-Match") == etag:
            return Response(status=304, headers=headers)
        begun = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if begun and not self.ignores_ranges and request.headers.get("If-Range") == etag:
            first = int(begun[1])
            if first >= len(content):
                return Response(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
            headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            return Response(content[first:], status=206, headers=headers, content_type="text/csv")
        return Response(content, headers=headers, content_type="text/csv")


def cut_off(content: bytes, *, after: int, etag: str = '"1"') -> Answer:
    """The file, but the connection breaks after so many bytes."""

    def answer(_request: Request) -> Response:
        headers = {"ETag": etag, "Content-Length": str(len(content)), "Connection": "close"}
        return Response(iter([content[:after]]), headers=headers, content_type="text/csv")

    return answer


@contextmanager
def raw_server(
    answer: Callable[[socket.socket, threading.Event], object], *, heard: list[bytes] | None = None
) -> Iterator[str]:
    """A server that says to every caller what `answer` sends, until its event is set; its address.

    What callers say is added to `heard`.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve(caller: socket.socket) -> None:
        with caller:
            said = caller.recv(65536)
            if heard is not None:
                heard.append(said)
            try:
                answer(caller, ended)
            except OSError:
                return

    def listen() -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=[caller], daemon=True).start()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def drip(beginning: bytes, drop: bytes) -> Callable[[socket.socket, threading.Event], None]:
    """Say the beginning, then a drop every few milliseconds, without end."""

    def answer(caller: socket.socket, ended: threading.Event) -> None:
        caller.sendall(beginning)
        while not ended.wait(0.02):
            caller.sendall(drop)

    return answer
