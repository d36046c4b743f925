"""What the operators receive, in English."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core import mail
from trackimmo.models import Client, ProcessingJob
from trackimmo.services.notification.rendering import render
from trackimmo.services.notification.wording import one_line

ENGLISH: Final = "en"


def queue_error_alert(*, job: ProcessingJob, error_message: str) -> UUID:
    """Tell the CTO that a job has failed for good. Call it in the transaction that fails it."""
    return _queue(
        "error",
        subject=f"Processing of {job.client.full_name} failed",
        job=job,
        client=job.client,
        error_message=error_message,
        failed_at=timezone.now(),
        url=_admin_url("processingjob", job.pk),
    )


def queue_insufficient_alert(*, client: Client, requested_count: int, assigned_count: int) -> UUID:
    """Tell the CTO that fewer properties were eligible than the client is due. Call it in the assigning transaction."""
    return _queue(
        "insufficient",
        subject=f"Only {assigned_count} of {requested_count} addresses for {client.full_name}",
        client=client,
        cities=[str(city) for city in client.chosen_cities.all()],
        requested_count=requested_count,
        assigned_count=assigned_count,
        min_years=settings.MIN_PROPERTY_AGE_YEARS,
        max_years=settings.MAX_PROPERTY_AGE_YEARS,
        url=_admin_url("client", client.pk),
    )


def _queue(kind: str, *, subject: str, **context: Any) -> UUID:  # noqa: ANN401 -- a template's own values
    subject = one_line(subject)
    body = render(kind, language=ENGLISH, subject=subject, context=context)
    return mail.queue(to=settings.CTO_EMAIL, subject=subject, html=body.html, text=body.text, kind=f"cto_{kind}")


def _admin_url(model: str, pk: UUID) -> str:
    return settings.API_BASE_URL.rstrip("/") + reverse(f"admin:trackimmo_{model}_change", args=[pk])
