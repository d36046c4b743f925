"""A mail server on a real socket that misbehaves where a test tells it to."""

import email
import email.policy
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage

HANG = "hang"
DROP = "drop"
TRICKLE = "trickle"
REPLIES = {
    "greeting": "220 here",
    "EHLO": "250 mail.test",
    "NOOP": "250 fine",
    "RSET": "250 fine",
    "MAIL": "250 fine",
    "RCPT": "250 fine",
    "DATA": "354 go on",
    "end": "250 taken",
    "QUIT": "221 bye",
}


class Gone(Exception):
    """The conversation is over."""


class MailServer:
    """Speaks SMTP. `faults[stage]` are what it does instead, the next time, the time after that, …

    A stage is a command, `greeting`, or `end` (the dot after the data); a fault is a reply, HANG, DROP or TRICKLE.
    `taken` are the messages it accepted, `seen` all whose data it got, `connections` counts who called.
    """

    def __init__(self) -> None:
        self.faults: dict[str, list[str]] = {}
        self.taken: list[EmailMessage] = []
        self.seen: list[EmailMessage] = []
        self.connections = 0
        self.when_taken: Callable[[], None] = lambda: None
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        self._over.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._converse, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _converse(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, suppress(Gone, OSError):
            self._reply(connection, "greeting")
            for line in lines:
                command = line[:4].upper().decode().strip()
                reply = self._reply(connection, command)
                if reply.startswith("354"):
                    self._take(connection, lines)

    def _take(self, connection, lines) -> None:
        body = bytearray()
        for line in lines:
            if line == b".\r\n":
                break
            body += line
        message = email.message_from_bytes(bytes(body), policy=email.policy.default)
        self.seen.append(message)
        self._reply(connection, "end", message)

    def _reply(self, connection: socket.socket, stage: str, message: EmailMessage | None = None) -> str:
        waiting = self.faults.get(stage, [])
        reply = waiting.pop(0) if waiting else REPLIES.get(stage, "502 what?")
        if reply == HANG:
            self._over.wait(10)
        if reply == TRICKLE:
            while not self._over.wait(0.05):
                connection.sendall(b"250-one moment\r\n")
        if reply in {HANG, DROP, TRICKLE}:
            raise Gone
        if message is not None and reply.startswith("250"):
            self.taken.append(message)  # before the client can know
            self.when_taken()
        connection.sendall(f"{reply}\r\n".encode())
        if reply.startswith(("421", "221")):
            raise Gone
        return reply
