"""The ledger of jobs: who holds which, until when, and how each ends. All times are on the database's clock.

A worker holds a job by the token of its `Lease`. Everything that happens in the worker's name checks that token, so
that a worker that was taken for dead and comes back changes nothing.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Now

from core.actor import current_origin
from core.jsontypes import JSON
from core.tenancy import current_organization_id
from trackimmo.errors import LeaseLost
from trackimmo.models import ACTIVE_JOB, Client, JobKind, JobStatus, ProcessingJob
from trackimmo.services.waking import wake_after_commit

FIRST_STEP: Final = "checking_client"
COMPLETED: Final = "completed"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job, until another worker takes it over. `job` is the row as it was claimed."""

    job: ProcessingJob
    token: UUID
    is_hopeless: bool = False


def open_job(*, client: Client, kind: JobKind, requested_count: int) -> tuple[ProcessingJob, bool]:
    """The client's active job, and whether this call made it. Call it in a transaction: its commit wakes a worker.

    Of any number of simultaneous calls one makes the job: the partial unique index decides.
    """
    job = ProcessingJob(
        client=client,
        kind=kind,
        requested_count=requested_count,
        request_id=current_origin().request_id,
        available_at=Now(),
        created_at=Now(),
        updated_at=Now(),
    )
    while True:
        ProcessingJob.objects.bulk_create([job], ignore_conflicts=True)
        # The job that was in the way may have ended meanwhile: then the way is free.
        if active := ProcessingJob.objects.filter(ACTIVE_JOB, client=client).first():
            break
    if started := active.pk == job.pk:
        wake_after_commit([job.pk])
    return active, started


# On the database's clock, as everything about leases is. The lock is skipped where another worker is about to claim.
CLAIM: Final = """
    UPDATE trackimmo_processingjob AS job
    SET status = 'processing',
        attempt_count = found.attempt_count + CASE WHEN found.is_hopeless THEN 0 ELSE 1 END,
        progress = %(progress)s::jsonb,
        lease_token = gen_random_uuid(),
        lease_expires_at = statement_timestamp() + %(lease_seconds)s * interval '1 second',
        updated_at = statement_timestamp()
    FROM (
        SELECT id, attempt_count, attempt_count >= %(most_attempts)s AS is_hopeless
        FROM trackimmo_processingjob
        WHERE id = %(job_id)s AND organization_id = %(organization_id)s
          AND (
            status = 'pending' AND available_at <= statement_timestamp()
            OR status = 'processing' AND lease_expires_at <= statement_timestamp()
          )
        FOR UPDATE SKIP LOCKED
    ) AS found
    WHERE job.id = found.id
    RETURNING job.*, found.is_hopeless
"""


def claim(*, job_id: UUID) -> Lease | None:
    """Take a job and count the attempt, or None: it is not due, is held, has ended, or is another organization's.

    A job that has no attempt left, the last of which was not brought to an end, is taken as hopeless and not counted.
    """
    parameters = {
        "job_id": job_id,
        "organization_id": current_organization_id(),
        "most_attempts": settings.MAX_JOB_RETRIES,
        "lease_seconds": settings.JOB_LEASE_SECONDS,
        "progress": json.dumps({"step": FIRST_STEP, "percent": 10}),
    }
    # With a column that the table has not: `is_hopeless`.
    taken: list[Any] = list(ProcessingJob.objects.raw(CLAIM, parameters))
    return Lease(taken[0], taken[0].lease_token, taken[0].is_hopeless) if taken else None


def report(lease: Lease, *, step: str, percent: int, **facts: JSON) -> None:
    """Say how far the job is, and hold it for another JOB_LEASE_SECONDS. Raises LeaseLost."""
    _update(
        lease,
        progress={"step": step, "percent": percent, **facts},
        lease_expires_at=_lease_end(),
    )


def complete(lease: Lease, *, properties_assigned: int, is_notified: bool) -> None:
    """End it well, in the transaction of the effect, which counts if the job is still ours. Raises LeaseLost."""
    _release(
        lease,
        status=JobStatus.COMPLETED,
        properties_assigned=properties_assigned,
        error_message=None,
        progress={
            "step": COMPLETED,
            "percent": 100,
            "requested": lease.job.requested_count,
            "assigned": properties_assigned,
            "email_sent": is_notified,
        },
        finished_at=Now(),
    )


def postpone(lease: Lease, *, error_message: str) -> None:
    """Give it back for another attempt, after JOB_BACKOFF_SECONDS times 2^attempts. Raises LeaseLost."""
    delay = timedelta(seconds=settings.JOB_BACKOFF_SECONDS * 2**lease.job.attempt_count)
    _release(lease, status=JobStatus.PENDING, available_at=Now() + delay, error_message=error_message)


def fail(lease: Lease, *, error_message: str) -> None:
    """End it badly. Raises LeaseLost."""
    _release(lease, status=JobStatus.FAILED, error_message=error_message, finished_at=Now())


def _release(lease: Lease, **changes: Any) -> None:  # noqa: ANN401 -- the columns' own types
    _update(lease, lease_token=None, lease_expires_at=None, **changes)


def _update(lease: Lease, **changes: Any) -> None:  # noqa: ANN401 -- the columns' own types
    held = ProcessingJob.objects.filter(pk=lease.job.pk, lease_token=lease.token)
    if not held.update(updated_at=Now(), **changes):
        raise LeaseLost


def _lease_end() -> Any:  # noqa: ANN401 -- an expression of Django's
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
