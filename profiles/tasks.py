"""Celery's side of the log: each task only looks, and may run any number of times."""

from celery import shared_task

from profiles import services
from profiles.services import segments


@shared_task
def close_segments() -> None:
    """Count what arrived, and close what is old enough. Beat asks for it every few seconds."""
    segments.close_segments()


@shared_task
def forget_old_records() -> None:
    """Delete what is older than PROFILES_RETENTION_DAYS, and profiles without a record. Beat asks for it every hour."""
    services.forget_old_records()
    services.forget_unused_profiles()
