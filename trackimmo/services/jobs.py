"""The ledger of jobs: who holds which, until when, and how each ends. All times are on the database's clock.

A worker holds a job by the token of its `Lease`. Everything that happens in the worker's name checks that token, so
that a worker that was taken for dead and comes back changes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from core.actor import current_origin
from core.jsontypes import JSON
from trackimmo.errors import LeaseLost
from trackimmo.models import ACTIVE_JOB, Client, JobKind, JobStatus, ProcessingJob
from trackimmo.selectors.jobs import CLAIMABLE
from trackimmo.services.waking import wake_after_commit

COMPLETED: Final = "completed"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a job, until another worker takes it over. `job` is the row as it was claimed."""

    job: ProcessingJob
    token: UUID


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
        wake_after_commit(job.pk)
    return active, started


def claim(*, job_id: UUID) -> Lease | None:
    """Begin an attempt, counting it first, or None: the job is not due, is held, has ended, or has no attempt left."""
    return _take(job_id, Q(attempt_count__lt=settings.MAX_JOB_RETRIES), attempts=1)


def claim_hopeless(*, job_id: UUID) -> Lease | None:
    """Take a job that has no attempt left and the last of which was not brought to an end, or None."""
    return _take(job_id, Q(attempt_count__gte=settings.MAX_JOB_RETRIES), attempts=0)


@transaction.atomic
def _take(job_id: UUID, condition: Q, *, attempts: int) -> Lease | None:
    token = uuid4()
    free = ProcessingJob.objects.select_for_update(skip_locked=True).filter(CLAIMABLE, condition, pk=job_id)
    taken = ProcessingJob.objects.filter(pk__in=free.values("pk")).update(
        status=JobStatus.PROCESSING,
        attempt_count=F("attempt_count") + attempts,
        lease_token=token,
        lease_expires_at=_lease_end(),
        updated_at=Now(),
    )
    return Lease(ProcessingJob.objects.get(pk=job_id), token) if taken else None


def report(lease: Lease, *, step: str, percent: int, **facts: JSON) -> None:
    """Say how far the job is, and hold it for another JOB_LEASE_SECONDS. Raises LeaseLost."""
    _update(
        lease,
        progress={"step": step, "percent": percent, **facts},
        lease_expires_at=_lease_end(),
    )


def hold(lease: Lease) -> None:
    """Keep everybody else from the job until the surrounding transaction ends. Raises LeaseLost."""
    if not ProcessingJob.objects.select_for_update().filter(pk=lease.job.pk, lease_token=lease.token).exists():
        raise LeaseLost


def complete(lease: Lease, *, properties_assigned: int) -> None:
    """End it well. Call it in the transaction of the effect. Raises LeaseLost."""
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
