"""The stand-in of the open-data sites, served by threads of the test's own process, with faults."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from threading import Event, Thread

from demo.open_data.serving import OpenDataHandler
from demo.open_data.transfer import Answer
from devstack.ports import LOOPBACK


class OpenDataServer(ThreadingHTTPServer):
    """Answers as the stand-in does, but where its `fault` does something else: that returns whether it has answered."""

    def __init__(self) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.fault: Callable[[Handler], bool] = lambda _handler: False
        self.requests: list[tuple[str, Message]] = []
        self.closing = Event()

    @property
    def host(self) -> str:
        """As messages name it."""
        return f"{LOOPBACK}:{self.server_port}"


class Handler(OpenDataHandler):
    """One caller of an OpenDataServer."""

    server: OpenDataServer

    def do_GET(self) -> None:  # noqa: N802 -- http.server's name
        """Answer, or do what the fault does."""
        self.server.requests.append((self.path, self.headers))
        if not self.server.fault(self):
            super().do_GET()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def fails(handler: Handler) -> bool:
    """Answer 500."""
    handler.send(Answer(HTTPStatus.INTERNAL_SERVER_ERROR))
    return True


def dawdles(handler: Handler) -> bool:
    """Say nothing for longer than anybody waits."""
    handler.server.closing.wait(20)
    handler.close_connection = True
    return True


def breaks_off(handler: Handler) -> bool:
    """Promise all of the answer, send half of it, and hang up."""
    answer = handler.answer()
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()
    handler.wfile.write(answer.body[: len(answer.body) // 2])
    handler.close_connection = True
    return True


@contextmanager
def serving() -> Iterator[OpenDataServer]:
    """Serve within the block."""
    with OpenDataServer() as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
