"""Forgetting jobs that ended long ago. What they assigned stays."""

import time
from typing import Final

from django.conf import settings
from django.db import transaction

from audit import services as audit
from core import tenancy
from core.tenancy import current_organization_id
from trackimmo.models import Client, ProcessingJob
from trackimmo.selectors.ended_jobs import ended_jobs, organizations_with_ended_jobs

BATCH: Final = 500
# A caller waits for the first; a worker has a minute for its task.
REQUEST_SECONDS: Final = 10
TASK_SECONDS: Final = 30


def delete_ended_jobs(*, older_than_days: int, seconds: float = REQUEST_SECONDS) -> int:
    """Delete the organization's jobs that completed or failed more than so many days ago. Returns how many.

    Each batch is its own transaction, so that nobody waits for long, and none is begun after `seconds`; what is left
    then is deleted by the next call. The first batch's transaction notes in the audit log how many there were.
    """
    deadline = time.monotonic() + seconds
    deleted = _delete_batch(older_than_days, is_first=True)
    total = deleted
    while deleted == BATCH and time.monotonic() < deadline:
        deleted = _delete_batch(older_than_days)
        total += deleted
    return total


def delete_old_jobs() -> int:
    """The same for every organization, with JOB_CLEANUP_DAYS, for 30 s at most. Beat asks for it once a day."""
    deadline = time.monotonic() + TASK_SECONDS
    total = 0
    for organization_id in organizations_with_ended_jobs(older_than_days=settings.JOB_CLEANUP_DAYS):
        left = deadline - time.monotonic()
        if left <= 0:
            break
        with tenancy.scope(organization_id):
            total += delete_ended_jobs(older_than_days=settings.JOB_CLEANUP_DAYS, seconds=left)
    return total


def hold_jobs(client: Client) -> None:
    """Hold the client's jobs until the transaction ends. Call it before his assignments are changed.

    A cleanup holds jobs and then changes their assignments: in the opposite order it and the caller would wait for each
    other.
    """
    list(ProcessingJob.objects.select_for_update().filter(client=client).order_by("pk").values_list("pk"))


@transaction.atomic
def _delete_batch(older_than_days: int, *, is_first: bool = False) -> int:
    """Delete up to BATCH jobs, those that ended first before the others, except what another call is deleting."""
    ended = ended_jobs(older_than_days=older_than_days)
    batch = list(ended.select_for_update(skip_locked=True).order_by("finished_at").values_list("pk", flat=True)[:BATCH])
    if not batch:
        return 0
    if is_first:
        audit.record(
            action="delete",
            resource_type="ended_jobs",
            resource_id=current_organization_id(),
            changes={"older_than_days": (None, older_than_days), "jobs": (ended.count(), 0)},
        )
    # Assignments and dispatches of these jobs stay, and lose their job.
    ProcessingJob.objects.filter(pk__in=batch).delete()
    return len(batch)
