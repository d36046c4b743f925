"""Whether mail can be sent, found out by doing it: the settings, then the connection, then one message."""

from concurrent.futures import Future
from dataclasses import dataclass, replace
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from threading import Thread
from typing import Final

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from core.mail.connection import open_backend
from core.mail.sending import words_of

logger = structlog.get_logger(__name__)

HIDDEN: Final = "***"


@dataclass(frozen=True, slots=True)
class MailCheck:
    """How far it went: a step is True only if it was taken and succeeded, and `send_test` only if a mail was sent.

    `problem` says which step failed and what the server said; it is empty when none did.
    """

    smtp_config: bool = False
    connection: bool = False
    send_test: bool = False
    problem: str = ""


def check_mail(*, timeout_seconds: float, message: EmailMessage | None = None) -> MailCheck:
    """Look at the settings, connect as they say (STARTTLS, login), and send `message` if there is one.

    Returns after `timeout_seconds`, whatever the server or the name service does meanwhile, and raises nothing that
    they can cause. A message that the server has not accepted by then may still arrive.
    """
    if problem := _settings_problem():
        return MailCheck(problem=f"SMTP configuration: {problem}")
    conversation = _Conversation(message, timeout_seconds=timeout_seconds)
    # A thread, since looking a name up takes as long as it likes: what is late is left to end by itself.
    Thread(target=conversation.run, daemon=True).start()
    return conversation.result()


def _settings_problem() -> str:
    """What is missing or makes no sense, or nothing."""
    if not settings.EMAIL_HOST:
        return "SMTP_SERVER is not set."
    if not 0 < settings.EMAIL_PORT < 65536:
        return f"SMTP_PORT is {settings.EMAIL_PORT}, which is no port."
    if bool(settings.EMAIL_HOST_USER) != bool(settings.EMAIL_HOST_PASSWORD):
        return "SMTP_USERNAME and SMTP_PASSWORD are needed together, or neither."
    return ""


class _Conversation:
    """What is said to the server, in a thread of its own."""

    def __init__(self, message: EmailMessage | None, *, timeout_seconds: float) -> None:
        self._message = message
        self._timeout_seconds = timeout_seconds
        self._is_late = False
        self._so_far = MailCheck(smtp_config=True)
        self._outcome: Future[MailCheck] = Future()

    def run(self) -> None:
        backend = get_connection(timeout=self._timeout_seconds)
        try:
            open_backend(backend)
            self._so_far = replace(self._so_far, connection=True)
            if self._message is not None and not self._is_late:
                backend.send_messages([self._message])
                self._so_far = replace(self._so_far, send_test=True)
            self._outcome.set_result(self._so_far)
        except (SMTPException, OSError) as error:
            self._outcome.set_result(self._failed(_words(error)))
        except Exception as error:  # raised where the outcome is waited for
            self._outcome.set_exception(error)
        try:
            backend.close()
        except (SMTPException, OSError) as error:
            logger.info("smtp_goodbye_failed", error=f"{type(error).__name__}: {error}")

    def result(self) -> MailCheck:
        """The outcome, or what there is of it when the time is up."""
        try:
            return self._outcome.result(self._timeout_seconds)
        except TimeoutError:
            self._is_late = True
            return self._failed(f"no answer within {self._timeout_seconds:g} seconds")

    def _failed(self, words: str) -> MailCheck:
        step = "Sending" if self._so_far.connection else "Connection"
        return replace(self._so_far, problem=f"{step} failed: {words}")


def _words(error: Exception) -> str:
    """What the server said, without our password should it repeat it."""
    match error:
        case SMTPRecipientsRefused():
            code, reply = next(iter(error.recipients.values()))
            words = f"{code} {words_of(reply)}"
        case SMTPResponseException():
            words = f"{error.smtp_code} {words_of(error.smtp_error)}"
        case _:
            words = f"{type(error).__name__}: {error}"
    return words.replace(settings.EMAIL_HOST_PASSWORD, HIDDEN) if settings.EMAIL_HOST_PASSWORD else words
