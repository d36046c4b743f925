"""Alerting the operators to sessions whose users have to log in."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from checkin.models import SessionStatus
from checkin.services.refreshing.judging import Ended, Judgement, Standing
from core.mail import links, rendering
from core.mail.written import Mail

ENGLISH = "en"


def queue_login_alert(ended: Ended, before: Standing, judgement: Judgement) -> None:
    """Tell the CTO that a user has to log in again. Call it in the transaction in which that is found out."""
    mail = login_mail(
        to=settings.CTO_EMAIL,
        session_id=ended.claim.session_id,
        email=before.email,
        reason=judgement.error or "",
        last_refreshed_at=before.last_refreshed_at,
        found_at=timezone.now(),
        is_expired=judgement.status == SessionStatus.EXPIRED,
    )
    mail.queue()


def login_mail(
    *,
    to: str,
    session_id: UUID,
    email: str,
    reason: str,
    last_refreshed_at: datetime | None,
    found_at: datetime,
    is_expired: bool,
) -> Mail:
    """That a session has expired or is another user's, why, since when, and what to do. It shows no token."""
    what = f"session of {email} has expired" if is_expired else f"page of {email} is another user's"
    subject = f"The check-in {what}"
    context = {
        "recipient": to,
        "email": email,
        "reason": reason,
        "last_refreshed_at": last_refreshed_at,
        "found_at": found_at,
        "is_expired": is_expired,
        "url": links.absolute_url("admin:checkin_checkinsession_change", session_id),
    }
    body = rendering.render("checkin/mail/expired", language=ENGLISH, subject=subject, context=context)
    return Mail(to=to, subject=subject, html=body.html, text=body.text, kind="cto_checkin_expired")
