"""Whether TrackImmo's e-mails can be sent."""

from dataclasses import dataclass
from typing import Final
from uuid import uuid4

import structlog
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from core import mail
from trackimmo.models import Language
from trackimmo.services.notification.samples import MailTemplate, sample_mail

logger = structlog.get_logger(__name__)

VALID: Final = "SMTP configuration valid"
SEND_SECONDS: Final = 8


@dataclass(frozen=True, slots=True)
class SmtpStatus:
    """Whether the mail server can be used, and a sentence about it."""

    is_ok: bool
    message: str


@dataclass(frozen=True, slots=True)
class TestMail:
    """What became of a test mail, step by step."""

    success: bool
    message: str
    results: mail.MailCheck


def smtp_status(*, timeout_seconds: float) -> SmtpStatus:
    """Look at the SMTP settings and connect as they say, without sending anything.

    Returns after `timeout_seconds` at the latest and raises nothing that a mail server can cause.
    """
    check = mail.check_mail(timeout_seconds=timeout_seconds)
    return SmtpStatus(is_ok=check.connection, message=check.problem or VALID)


def try_test_mail(*, recipient: str, template: MailTemplate) -> TestMail:
    """As `send_test_mail`, for a caller, and recorded: before anything leaves, since a mail cannot be taken back."""
    with transaction.atomic():
        audit.record(
            action="execute",
            resource_type="test_email",
            resource_id=recipient,
            changes={"template_type": (None, template.value)},
        )
    return send_test_mail(recipient=recipient, template=template)


def send_test_mail(*, recipient: str, template: MailTemplate, language: str = Language.FRENCH) -> TestMail:
    """Send one of our mails, with sample data, at once and not through the outbox, and tell how far it went.

    Returns after 8 s at the latest and raises nothing that a mail server can cause.
    """
    sample = sample_mail(language, template=template, to=recipient)
    message = mail.compose(
        to=sample.to,
        subject=f"[Test] {sample.subject}",
        html=sample.html,
        text=sample.text,
        kind=f"test_{template}",
        headers=sample.headers,
        identity=str(uuid4()),
        written_at=timezone.now(),
    )
    check = mail.check_mail(timeout_seconds=SEND_SECONDS, message=message)
    logger.info("test_mail", template=template, recipient=recipient, sent=check.send_test, problem=check.problem)
    words = check.problem or f"{template.capitalize()} email sent to {recipient}"
    return TestMail(success=check.send_test, message=words, results=check)
