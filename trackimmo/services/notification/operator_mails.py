"""What operators receive, in English."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from core.mail import Mail, absolute_url, render
from trackimmo.models import City, Client, ProcessingJob
from trackimmo.services.notification.wording import one_line

ENGLISH: Final = "en"


def config_mail(*, to: str) -> Mail:
    """That this platform can send mail, and with which settings; no password is among them."""
    return _mail(
        to,
        "config",
        subject="TrackImmo can send e-mail",
        server=f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        encryption="STARTTLS" if settings.EMAIL_USE_TLS else "none",
        login=settings.EMAIL_HOST_USER or "none",
        sender=settings.EMAIL_SENDER,
        written_at=timezone.now(),
        url=absolute_url("admin:index"),
    )


def error_mail(job: ProcessingJob, *, to: str, error_message: str, failed_at: datetime) -> Mail:
    """That a job has failed for good, and why."""
    return _mail(
        to,
        "error",
        subject=f"Processing of {job.client.full_name} failed",
        job=job,
        client=job.client,
        error_message=error_message,
        failed_at=failed_at,
        url=absolute_url("admin:trackimmo_processingjob_change", job.pk),
    )


def insufficient_mail(
    client: Client, *, to: str, cities: Iterable[City], requested_count: int, assigned_count: int
) -> Mail:
    """That fewer properties were eligible than the client is due."""
    return _mail(
        to,
        "insufficient",
        subject=f"Only {assigned_count} of {requested_count} addresses for {client.full_name}",
        client=client,
        cities=[str(city) for city in cities],
        requested_count=requested_count,
        assigned_count=assigned_count,
        min_years=settings.MIN_PROPERTY_AGE_YEARS,
        max_years=settings.MAX_PROPERTY_AGE_YEARS,
        url=absolute_url("admin:trackimmo_client_change", client.pk),
    )


def _mail(to: str, template: str, *, subject: str, **context: Any) -> Mail:  # noqa: ANN401 -- a template's own values
    subject = one_line(subject)
    body = render(f"trackimmo/mail/{template}", language=ENGLISH, subject=subject, context={**context, "recipient": to})
    return Mail(to=to, subject=subject, html=body.html, text=body.text, kind=f"cto_{template}")
