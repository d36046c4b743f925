"""Reads of jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, ExpressionWrapper, F, Max, Q, fields
from django.db.models.functions import Now

from trackimmo.errors import JobNotFound
from trackimmo.models import JobStatus, ProcessingJob

# On the database's clock: a worker whose clock is wrong takes nobody's job away.
CLAIMABLE: Final = Q(status=JobStatus.PENDING, available_at__lte=Now()) | Q(
    status=JobStatus.PROCESSING, lease_expires_at__lte=Now()
)
# An attempt failed, and there is another one to come.
WAITING_AGAIN: Final = Q(status=JobStatus.PENDING, attempt_count__gt=0)


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """A job that waits for a worker, and whose it is: a worker that is told both need not ask."""

    id: UUID
    organization_id: UUID


def job_by_id(job_id: UUID) -> ProcessingJob:
    """A job of this organization. Raises JobNotFound."""
    job = ProcessingJob.objects.filter(pk=job_id).first()
    if job is None:
        raise JobNotFound(job_id)
    return job


def waiting_jobs(*, limit: int) -> Sequence[WaitingJob]:
    """The jobs that wait for a worker, across organizations, those waiting longest first."""
    waiting = ProcessingJob.unscoped.filter(CLAIMABLE).order_by("available_at")
    return [WaitingJob(*row) for row in waiting.values_list("pk", "organization_id")[:limit]]


def job_counts() -> Mapping[str, int]:
    """How many jobs are in each status, across organizations; statuses of none are left out."""
    return dict(ProcessingJob.unscoped.order_by().values_list("status").annotate(Count("pk")))


def longest_wait_seconds() -> float:
    """For how long the job first in line has been due, across organizations; 0 if none is."""
    waiting = ExpressionWrapper(Now() - F("available_at"), output_field=fields.DurationField())
    due = ProcessingJob.unscoped.filter(CLAIMABLE, status=JobStatus.PENDING)
    longest = due.aggregate(longest=Max(waiting))["longest"]
    return longest.total_seconds() if longest else 0.0
