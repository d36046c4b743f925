"""Celery's side of the audit log: each task only looks, and may run any number of times."""

from celery import shared_task

from audit.services.retention import seal_and_delete
from audit.services.rounds import in_each_organization
from audit.services.signing import sign_quiet_log
from audit.services.watching import watch


@shared_task
def sign_quiet_logs() -> None:
    """Sign the logs that have entries no checkpoint counts. Beat asks for it every minute."""
    in_each_organization(sign_quiet_log)


@shared_task
def watch_logs() -> None:
    """Verify the next part of each log, and tell of what is wrong. Beat asks for it every hour."""
    in_each_organization(watch)


# Deleting a year's worth takes a while, and what is left goes the next day.
@shared_task(soft_time_limit=3600, time_limit=3700)
def delete_old_entries() -> None:
    """Seal and delete entries that are older than AUDIT_RETENTION_DAYS. Beat asks for it once a day."""
    in_each_organization(seal_and_delete)
