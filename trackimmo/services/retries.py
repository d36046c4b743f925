"""The retry queue: jobs whose attempt failed, and which wait for another one."""

import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least, Now

from audit import services as audit
from core.tenancy import current_organization_id
from trackimmo.models import JobStatus, ProcessingJob
from trackimmo.selectors.jobs import WAITING_AGAIN
from trackimmo.services.processing import run_job

# After this long no further job is begun: a caller, and what stands between him and us, waits for the answer.
SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Retries:
    """How many jobs were given another attempt, and how many of those are not completed by it."""

    processed: int
    failed: int


def process_retry_queue() -> Retries:
    """Give the organization's jobs that wait for another attempt that attempt now, whether or not it is time yet.

    Those that have waited longest come first; none is begun after 10 s. What is left is due, and workers take it.
    """
    deadline = time.monotonic() + SECONDS
    attempted = []
    for job_id in _end_waiting():
        if time.monotonic() >= deadline:
            break
        if run_job(job_id=job_id):
            attempted.append(job_id)
    completed = ProcessingJob.objects.filter(pk__in=attempted, status=JobStatus.COMPLETED).count() if attempted else 0
    return Retries(processed=len(attempted), failed=len(attempted) - completed)


@transaction.atomic
def _end_waiting() -> list[UUID]:
    """Make the waiting jobs due, except those that a worker is just taking. Returns them, the longest waiting first."""
    waiting = ProcessingJob.objects.select_for_update(skip_locked=True).filter(WAITING_AGAIN)
    job_ids = list(waiting.order_by("updated_at", "id").values_list("pk", flat=True))
    if job_ids:
        # What is due already keeps its place in the line.
        ProcessingJob.objects.filter(pk__in=job_ids).update(available_at=Least(F("available_at"), Now()))
        audit.record(
            action="execute",
            resource_type="retry_queue",
            resource_id=current_organization_id(),
            changes={"jobs_made_due": (None, len(job_ids))},
        )
    return job_ids
