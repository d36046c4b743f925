"""Recurring work of accounts."""

from celery import shared_task

from accounts import services


@shared_task
def purge_sessions() -> None:
    """Delete login sessions that ended long ago."""
    services.purge_sessions()
