"""A load generator: so many connections, each with one request under way, for so many seconds.

Requests are encoded before, answers are cut by their Content-Length and looked at as bytes, and one thread waits for
all sockets, so that it takes far less of the machine than what it measures.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Final

RECEIVED_BYTES: Final = 1 << 18
SILENCE_SECONDS: Final = 30.0
END_OF_HEAD: Final = b"\r\n\r\n"
LENGTH: Final = b"\r\ncontent-length:"
Check = Callable[[bytes, bytes], str | None]


class WrongAnswer(RuntimeError):
    """What a server answered was not what was asked for."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked where. `check` gets a request and its answer's body, and says what is wrong, if anything."""

    port: int
    requests: Iterator[bytes]
    status: int
    check: Check


@dataclass(slots=True)
class Round:
    """What was answered within `seconds`, and how long each answer took."""

    seconds: float
    latencies: list[float] = field(default_factory=list)
    answered: int = 0
    """How many in all, with those that were under way at the end."""

    @property
    def per_second(self) -> float:
        """Requests answered per second."""
        return len(self.latencies) / self.seconds

    def percentile_milliseconds(self, percent: int) -> float:
        """How long the slowest but `100 - percent` of a hundred requests took."""
        return quantiles(self.latencies, n=100)[percent - 1] * 1000


class Connection:
    """One keep-alive connection with one request under way."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._status = b"HTTP/1.1 %d " % target.status
        self._received = bytearray()
        self._needed = 0
        self.socket = socket.create_connection(("127.0.0.1", target.port), timeout=SILENCE_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.begin()

    def begin(self) -> None:
        """Send the next request. It is far smaller than the socket's buffer."""
        self._request = next(self._target.requests)
        self._began = time.perf_counter()
        self.socket.sendall(self._request)

    def receive(self) -> float | None:
        """Take what is there. The seconds since the request, if the answer is complete. Raises WrongAnswer."""
        received = self.socket.recv(RECEIVED_BYTES)
        if not received:
            raise WrongAnswer(f"The connection was closed after {bytes(self._received)[:200]!r}")
        self._received += received
        if not self._needed:
            self._needed = self._length()
        if not self._needed or len(self._received) < self._needed:
            return None
        seconds = time.perf_counter() - self._began
        answer = bytes(self._received)
        self._received.clear()
        self._needed = 0
        self._verify(answer)
        return seconds

    def _length(self) -> int:
        """Of the whole answer; 0 as long as its head is not complete."""
        end = self._received.find(END_OF_HEAD)
        if end < 0:
            return 0
        head = bytes(self._received[:end]).lower()
        begin = head.find(LENGTH)
        if begin < 0:
            raise WrongAnswer(f"An answer without a length: {head!r}")
        return end + len(END_OF_HEAD) + int(head[begin + len(LENGTH) :].split(b"\r\n", 1)[0])

    def _verify(self, answer: bytes) -> None:
        head, _, body = answer.partition(END_OF_HEAD)
        complaint = f"status is not {self._target.status}"
        if answer.startswith(self._status):
            complaint = self._target.check(self._request, body) or ""
        if complaint:
            raise WrongAnswer(f"{complaint}: {self._request!r} was answered {head!r} {body[:400]!r}")


def drive(target: Target, *, connections: int, seconds: float) -> Round:
    """Keep so many connections busy for so long. Raises WrongAnswer, whichever answer is wrong."""
    until = time.perf_counter() + seconds
    result = Round(seconds=seconds)
    with selectors.DefaultSelector() as selector:
        busy = [Connection(target) for _ in range(connections)]
        for one in busy:
            selector.register(one.socket, selectors.EVENT_READ, one)
        under_way = connections
        while under_way:
            ready = selector.select(SILENCE_SECONDS)
            if not ready:
                raise WrongAnswer(f"No answer for {SILENCE_SECONDS:.0f} s")
            for key, _ in ready:
                took = key.data.receive()
                if took is None:
                    continue
                result.answered += 1
                if time.perf_counter() < until:
                    result.latencies.append(took)
                    key.data.begin()
                else:
                    under_way -= 1
        for one in busy:
            one.socket.close()
    return result
