"""A mail server that delivers nothing: it keeps what it is sent as `.eml` files."""

import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from devstack.mailbox import greeting_of
from devstack.ports import LOOPBACK
from devstack.processes import Program
from devstack.server import Server

CODE = Path(__file__).resolve().parent.parent


class SmtpSink(Server):
    """Accepts every message, without encryption or login, and keeps it in `data`/mail."""

    name = "mail"

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            "SMTP_SERVER": LOOPBACK,
            "SMTP_PORT": str(self.port),
            "SMTP_USE_TLS": "false",
            "MAIL_DIR": str(self.data),
        }

    def messages(self) -> list[Path]:
        """The files of the messages received so far, oldest first."""
        return sorted(self.data.glob("*.eml"))

    def _program(self) -> Program:
        return Program(
            name=self.name,
            command=[sys.executable, "-m", "devstack.mailbox", str(self.port), str(self.data)],
            directory=CODE,
            log=self.log,
            environment=self.marker,
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                greeting = connection.recv(200).decode(errors="replace")
        except OSError:
            return False
        # Another server that has the port does not know our process.
        return self.process is not None and greeting.endswith(f"{greeting_of(self.process.pid)}\r\n")
