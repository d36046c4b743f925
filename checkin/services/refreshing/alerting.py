"""Alerting the operators to sessions that have expired."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from checkin.services.refreshing.judging import Ended, Judgement, Standing
from core.mail import links, rendering
from core.mail.written import Mail

ENGLISH = "en"


def queue_expiry_alert(ended: Ended, before: Standing, judgement: Judgement) -> None:
    """Tell the CTO that a user has to log in again. Call it in the transaction in which his session expires."""
    mail = expiry_mail(
        to=settings.CTO_EMAIL,
        session_id=ended.claim.session_id,
        email=before.email,
        reason=judgement.error or "",
        last_refreshed_at=before.last_refreshed_at,
        expired_at=timezone.now(),
    )
    mail.queue()


def expiry_mail(
    *, to: str, session_id: UUID, email: str, reason: str, last_refreshed_at: datetime | None, expired_at: datetime
) -> Mail:
    """That a session has expired, why, since when, and what to do. It shows no token."""
    subject = f"The check-in session of {email} has expired"
    context = {
        "recipient": to,
        "email": email,
        "reason": reason,
        "last_refreshed_at": last_refreshed_at,
        "expired_at": expired_at,
        "url": links.absolute_url("admin:checkin_checkinsession_change", session_id),
    }
    body = rendering.render("checkin/mail/expired", language=ENGLISH, subject=subject, context=context)
    return Mail(to=to, subject=subject, html=body.html, text=body.text, kind="cto_checkin_expired")
