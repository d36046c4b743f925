"""The program behind `SmtpSink`: `python -m devstack.mailbox PORT DIRECTORY` keeps every message."""

import asyncio
import itertools
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from devstack.ports import LOOPBACK

MAX_MESSAGE_BYTES = 32 * 1024 * 1024


class Mailbox:
    """Writes each message to a file `<arrival>-<number>.eml`: names sort by arrival."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = itertools.count(1)

    async def handle_DATA(  # noqa: N802 (the name is aiosmtpd's, like the arguments)
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
    ) -> str:
        """Store the message, with the envelope in front as a delivering server would write it, then accept it."""
        arrival = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        recipients = "".join(f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos)
        head = f"Return-Path: <{envelope.mail_from}>\r\n{recipients}".encode()
        path = self._directory / f"{arrival}-{next(self._numbers):06d}.eml"
        # A reader never sees half a message: the name with `.eml` appears when everything is in the file.
        partial = path.with_suffix(".partial")
        partial.write_bytes(head + (envelope.original_content or b""))
        partial.replace(path)
        print(arrival, envelope.mail_from, "->", ", ".join(envelope.rcpt_tos), path.name, flush=True)
        return f"250 kept as {path.name}"


def greeting_of(process: int) -> str:
    """How the mail server of that process introduces itself."""
    return f"Switchboard mail sink {process}"


async def serve(port: int, directory: Path) -> None:
    """Accept mail until SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    mailbox = Mailbox(directory)

    def session() -> SMTP:
        return SMTP(
            mailbox,
            hostname="localhost",
            ident=greeting_of(os.getpid()),
            enable_SMTPUTF8=True,
            data_size_limit=MAX_MESSAGE_BYTES,
        )

    server = await loop.create_server(session, LOOPBACK, port)
    print(f"process {os.getpid()} keeps mail for port {port} in {directory}", flush=True)
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
