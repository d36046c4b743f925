"""Alerting the operators to sessions that have expired."""

from django.conf import settings
from django.utils import timezone

from checkin.services.refreshing.judging import Ended, Judgement, Standing
from core.mail import links, rendering
from core.mail.written import Mail

ENGLISH = "en"


def queue_expiry_alert(ended: Ended, before: Standing, judgement: Judgement) -> None:
    """Tell the CTO that a user has to log in again. Call it in the transaction in which his session expires."""
    email = before.email
    subject = f"The check-in session of {email} has expired"
    context = {
        "recipient": settings.CTO_EMAIL,
        "email": email,
        "reason": judgement.error,
        "last_refreshed_at": before.last_refreshed_at,
        "expired_at": timezone.now(),
        "url": links.absolute_url("admin:checkin_checkinsession_change", ended.claim.session_id),
    }
    body = rendering.render("checkin/mail/expired", language=ENGLISH, subject=subject, context=context)
    Mail(to=settings.CTO_EMAIL, subject=subject, html=body.html, text=body.text, kind="cto_checkin_expired").queue()
