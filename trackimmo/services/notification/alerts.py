"""Alerting the operators."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone

from trackimmo.models import Client, ProcessingJob
from trackimmo.services.notification.operator_mails import error_mail, insufficient_mail


def queue_error_alert(*, job: ProcessingJob, error_message: str) -> UUID:
    """Tell the CTO that a job has failed for good. Call it in the transaction that fails it."""
    return error_mail(job, to=settings.CTO_EMAIL, error_message=error_message, failed_at=timezone.now()).queue()


def queue_insufficient_alert(*, client: Client, requested_count: int, assigned_count: int) -> UUID:
    """Tell the CTO that fewer properties were eligible than the client is due. Call it in the assigning transaction."""
    return insufficient_mail(
        client,
        to=settings.CTO_EMAIL,
        cities=client.chosen_cities.all(),
        requested_count=requested_count,
        assigned_count=assigned_count,
    ).queue()
