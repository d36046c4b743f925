"""The one HTTP set-up for all that we ask: who we say we are, and how long anything may take."""

import socket
import ssl
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from core.outgoing.deadline import Deadline
from core.version import user_agent

MOST_REDIRECTS: Final = 4


def connect(deadline: Deadline, *, timeout_seconds: float, follow_redirects: bool = True) -> httpx.Client:
    """A client every wait of which ends at the deadline: a server that drips, be it headers, holds nobody longer.

    Redirects lead to http and https only, and take no credentials to another host.
    """
    return httpx.Client(
        transport=_Transport(deadline),
        headers={"User-Agent": user_agent()},
        timeout=timeout_seconds,
        follow_redirects=follow_redirects,
        max_redirects=MOST_REDIRECTS,
    )


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class _Transport(httpx.HTTPTransport):
    """httpx's own, on a pool whose sockets know the deadline; httpx has no parameter for that."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__(verify=_tls())
        self._pool = httpcore.ConnectionPool(ssl_context=_tls(), network_backend=_Backend(deadline))


class _Backend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception = httpcore.ConnectTimeout()
        # One by one: the backend would give each of a host's addresses all the time there is.
        for address in _addresses(host, port):
            if self._deadline.is_over:
                break
            limit = self._deadline.limit(timeout)
            try:
                stream = self._backend.connect_tcp(address, port, limit, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(stream, self._deadline)
        raise problem


def _addresses(host: str, port: int) -> Sequence[str]:
    """The addresses behind a name, each once, in the order in which they are to be tried."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._in_time(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._in_time(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._in_time(timeout))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- httpcore's own
        return self._stream.get_extra_info(info)

    def _in_time(self, timeout: float | None) -> float:
        """The time there is. Raises ReadTimeout at once when there is none: something that drips is always ready."""
        if self._deadline.is_over:
            raise httpcore.ReadTimeout
        return self._deadline.limit(timeout)
