"""One connection of the stand-in: requests are read one after the other, answers written when they are due."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

MOST_BYTES = 1 << 26


@dataclass(frozen=True, slots=True)
class Request:
    """A request; header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 -- whatever was sent
        """The body. Raises ValueError."""
        return json.loads(self.body or b"{}")


class Connection(asyncio.Protocol):
    """Hands each request to `serve` and lets that write the answer with `send`, `begin_body` and `drop`.

    `on_end` is called once for each request: when its answer is written, or when whoever asked has gone.
    """

    def __init__(self, serve: Callable[["Connection", Request], None]) -> None:
        self._serve = serve
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._is_busy = False
        self._on_end: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Go on reading."""
        self._buffer += data
        if not self._is_busy:
            self._read()

    def eof_received(self) -> bool:
        """Whoever asked has gone; that counts now, before other connections' requests are looked at."""
        self._end()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        """The same, however it came."""
        self._transport = None
        self._end()

    @property
    def is_open(self) -> bool:
        """Whether there is anybody to answer."""
        return self._transport is not None and not self._transport.is_closing() and self._is_busy

    def on_end(self, call: Callable[[], None]) -> None:
        """What to do when this request is over."""
        self._on_end = call

    def send(self, status: int, body: bytes, *headers: str, content_type: str = "text/html; charset=UTF-8") -> None:
        """Write a whole answer."""
        if self._transport is not None:
            self._transport.write(_head(status, content_type, len(body), headers) + body)
        self._end()
        if self._buffer:
            self._read()

    def send_json(self, value: object, status: int = 200, *headers: str) -> None:
        """Write `value` as an answer."""
        self.send(status, json.dumps(value).encode(), *headers, content_type="application/json; charset=utf-8")

    def begin_body(self, body: bytes, *headers: str, sent_bytes: int) -> None:
        """Write the headers of an answer and the beginning of its body, and leave it at that."""
        if self._transport is not None:
            self._transport.write(_head(200, "text/html; charset=UTF-8", len(body), headers) + body[:sent_bytes])

    def drop(self) -> None:
        """End the connection after what was written."""
        if self._transport is not None:
            self._transport.close()
        self._end()

    def _end(self) -> None:
        self._is_busy = False
        if (call := self._on_end) is not None:
            self._on_end = None
            call()

    def _read(self) -> None:
        head, separator, rest = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers.get("content-length", 0))
        if len(rest) < length:
            if length > MOST_BYTES:
                self.drop()
            return
        method, path, _ = first.split(" ", 2)
        self._buffer = rest[length:]
        self._is_busy = True
        self._serve(self, Request(method, path, headers, rest[:length]))


def _head(status: int, content_type: str, length: int, headers: tuple[str, ...]) -> bytes:
    return "\r\n".join(
        (_status_line(status), f"Content-Type: {content_type}", f"Content-Length: {length}", *headers, "", "")
    ).encode()


@lru_cache
def _status_line(status: int) -> str:
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: stand-in\r\nCache-Control: no-cache, private"
        f"\r\nDate: {formatdate(usegmt=True)}"
    )
