"""Recurring work of the kept answers."""

from celery import shared_task

from core.idempotency.services import forget_old_answers


@shared_task
def purge_answers() -> None:
    """Delete the answers that are no longer repeated."""
    forget_old_answers()
