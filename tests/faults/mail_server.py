"""Mail servers that misbehave: real SMTP over loopback, served by a thread of the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from devstack.ports import LOOPBACK, free_port

TAKEN = "250 taken"


class MailServer:
    """Takes every mail. What misbehaves overrides one of the methods that aiosmtpd calls."""

    def __init__(self) -> None:
        self.port = free_port()
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take it."""
        self.take(envelope)
        return TAKEN

    def take(self, envelope: Envelope) -> None:
        """Keep the mail: from now on it counts as arrived."""
        self.mails.append(message_from_bytes(envelope.original_content, policy=default))


@contextmanager
def running(server: MailServer) -> Iterator[None]:
    """Serve within the block."""
    controller = Controller(server, hostname=LOOPBACK, port=server.port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()
