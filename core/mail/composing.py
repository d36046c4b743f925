"""A mail as it goes over the wire."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives


def compose(
    *,
    to: str,
    subject: str,
    html: str,
    text: str,
    kind: str,
    headers: Mapping[str, str],
    identity: str,
    written_at: datetime,
) -> EmailMultiAlternatives:
    """A mail from us: text, and HTML as its alternative. `identity` makes its Message-ID."""
    message = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=settings.EMAIL_SENDER,
        to=[to],
        headers={
            "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies, please
            "X-Switchboard-Kind": kind,
            **headers,
            "Message-ID": message_id(identity),
            "Date": format_datetime(written_at),
        },
    )
    message.attach_alternative(html, "text/html")
    return message


def message_id(identity: str) -> str:
    """`<identity@domain of EMAIL_SENDER>`."""
    _, sender = parseaddr(settings.EMAIL_SENDER)
    return f"<{identity}@{sender.rpartition('@')[2]}>"
