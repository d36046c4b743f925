"""Whether TrackImmo's e-mails can be sent."""

from dataclasses import dataclass

from core import mail

VALID = "SMTP configuration valid"


@dataclass(frozen=True, slots=True)
class SmtpStatus:
    """Whether the mail server can be used, and a sentence about it."""

    is_ok: bool
    message: str


def smtp_status(*, timeout_seconds: float) -> SmtpStatus:
    """Look at the SMTP settings and connect as they say, without sending anything.

    Returns after `timeout_seconds` at the latest and raises nothing that a mail server can cause.
    """
    check = mail.check_mail(timeout_seconds=timeout_seconds)
    return SmtpStatus(is_ok=check.connection, message=check.problem or VALID)
