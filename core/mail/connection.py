"""The connection to the mail server, shared by the mails of one run of the relay."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from smtplib import SMTP, SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from socket import SHUT_RDWR, socket
from threading import Timer
from time import monotonic
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from core.mail.backend import Backend

logger = structlog.get_logger(__name__)

CLOSING: Final = 421
GOODBYE_SECONDS: Final = 2
GRACE_SECONDS: Final = 0.2
# The server said no and awaits the next mail: smtplib has reset the conversation, or closed it.
REFUSALS: Final = (SMTPRecipientsRefused, SMTPDataError, SMTPSenderRefused)


class Connection:
    """Opened for the first mail, used for all that follow while it holds."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def send(self, message: EmailMessage) -> None:
        """Send one mail. Raises SMTPException or OSError; afterwards the next mail may be sent all the same.

        With all that it takes to connect, that is no longer than half the outbox's lease: were it lost meanwhile,
        another relay would send the mail too. A server may take its time to accept a mail, though, and whoever hangs up
        too early gets to send it again.
        """
        seconds = settings.OUTBOX_LEASE_SECONDS / 2
        ends_at = monotonic() + seconds
        try:
            # A wire's own time-out begins anew with every byte that trickles in. It may come first: it tells its name.
            with _cutting(lambda: self._backend, after_seconds=seconds + GRACE_SECONDS):
                self._send(message, ends_at=ends_at)
        except REFUSALS:
            raise
        except BaseException:
            self.close()  # who knows what it would answer next
            raise

    def close(self) -> None:
        """Say goodbye. A server that stumbles over it has taken the mails all the same."""
        backend, self._backend = self._backend, None
        if backend is None:
            return
        try:
            if wire := _wire_of(backend):
                wire.settimeout(GOODBYE_SECONDS)
            with _cutting(lambda: backend, after_seconds=GOODBYE_SECONDS + GRACE_SECONDS):
                backend.close()
        except (SMTPException, OSError) as error:
            logger.info("smtp_goodbye_failed", error=f"{type(error).__name__}: {error}")

    def _send(self, message: EmailMessage, *, ends_at: float) -> None:
        was_used = self._holds()
        try:
            self._hand_over(message, ends_at=ends_at)
        except SMTPSenderRefused as error:
            # A server may end a conversation after so many mails; none of this one was sent yet.
            if not (was_used and error.smtp_code == CLOSING):
                raise
            self.close()
            self._hand_over(message, ends_at=ends_at)

    def _hand_over(self, message: EmailMessage, *, ends_at: float) -> None:
        _seconds_until(ends_at)
        if self._backend is None:
            self._backend = get_connection()
            open_backend(self._backend)
        if wire := _wire_of(self._backend):
            wire.settimeout(_seconds_until(ends_at))
        self._backend.send_messages([message])

    def _holds(self) -> bool:
        """Whether there is a connection and the server still answers."""
        smtp = getattr(self._backend, "connection", None)
        if not isinstance(smtp, SMTP):
            return self._backend is not None
        try:
            if smtp.sock:  # smtplib lets go of it when it closes the connection
                smtp.sock.settimeout(settings.EMAIL_TIMEOUT)
            answers = smtp.noop()[0] == 250
        except (SMTPException, OSError):
            answers = False
        if not answers:
            self.close()
        return answers


def open_backend(backend: BaseEmailBackend) -> None:
    """Connect. Raises SMTPException or OSError, the latter also for a name that is none."""
    try:
        backend.open()
    except UnicodeError as error:  # an empty or overlong part
        raise OSError(f"{settings.EMAIL_HOST!r} is not the name of a host") from error


def _seconds_until(moment: float) -> float:
    seconds = moment - monotonic()
    if seconds <= 0:
        raise TimeoutError("it took too long to connect")
    return seconds


def _wire_of(backend: BaseEmailBackend | None) -> socket | None:
    """The socket of an SMTP conversation; other ways of sending have none."""
    return backend.wire if isinstance(backend, Backend) else None


@contextmanager
def _cutting(backend: Callable[[], BaseEmailBackend | None], *, after_seconds: float) -> Iterator[None]:
    """Cut the backend's wire if the block takes longer: whoever waits for the server gets an error then."""
    timer = Timer(after_seconds, lambda: _cut(_wire_of(backend())))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(wire: socket | None) -> None:
    try:
        if wire:
            wire.shutdown(SHUT_RDWR)
    except OSError:
        logger.info("smtp_wire_was_down")


_shared: ContextVar[Connection] = ContextVar("mail_connection")


@contextmanager
def shared_connection() -> Iterator[None]:
    """Let the mails sent within the block share a connection, which ends with it."""
    connection = Connection()
    token = _shared.set(connection)
    try:
        yield
    finally:
        _shared.reset(token)
        connection.close()


def current_connection() -> Connection:
    """The surrounding block's connection. Raises LookupError outside `shared_connection`."""
    return _shared.get()
