"""Processing a client: what a job does, from its acceptance to its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from structlog.contextvars import bound_contextvars

from audit import services as audit
from core.actor import Origin, current_origin, origin_of
from core.errors import Invalid, NotFound, SwitchboardError
from trackimmo.errors import LeaseLost, WorkerDied
from trackimmo.models import JobKind, ProcessingJob
from trackimmo.selectors.clients import active_client, active_client_for_update
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services import jobs, notification
from trackimmo.services.assignment import draw_properties
from trackimmo.services.jobs import Lease
from trackimmo.services.preparation import prepare

logger = structlog.get_logger(__name__)

# What no further attempt can mend: the client is gone, inactive, or not set up.
PERMANENT: Final = (NotFound, Invalid, WorkerDied)


@transaction.atomic
def start_processing(*, client_id: UUID) -> tuple[ProcessingJob, bool]:
    """Accept the processing of an active client; a worker takes it from there.

    Returns the job and whether it is new: a client with an active job gets that one. Raises ClientUnavailable.
    """
    client = active_client_for_update(client_id)  # whoever ends his jobs at this moment must not overlook this one
    job, started = jobs.open_job(client=client, kind=JobKind.PROCESS, requested_count=client.addresses_per_report)
    if started:
        audit.record(action="create", resource_type="processing_job", resource_id=job.pk)
    return job, started


def run_job(*, job_id: UUID) -> bool:
    """Work on a job if it is due and nobody else does. Calling it twice, or at the wrong time, does nothing.

    Returns whether this call worked on it, well or badly.
    """
    lease = jobs.claim(job_id=job_id)
    if lease is None:
        return False
    with _in_the_name_of(lease.job):
        try:
            if lease.is_hopeless:
                _end_badly(lease, WorkerDied(lease.job.attempt_count))
            else:
                _attempt(lease)
        except LeaseLost:
            logger.warning("job_lease_lost")
    return True


@contextmanager
def _in_the_name_of(job: ProcessingJob) -> Iterator[None]:
    """A worker works under the id of the request that the job came from; an operator's request stays his own."""
    origin = current_origin() if current_origin().request_id else Origin(request_id=job.request_id)
    with origin_of(origin), bound_contextvars(request_id=origin.request_id, job_id=str(job.pk)):
        yield


def _attempt(lease: Lease) -> None:
    """Do the work, and see to it that the job is never left in the worker's hands afterwards."""
    try:
        prepare(lease, active_client(lease.job.client_id))
        jobs.report(lease, step="assigning", percent=60)
        _assign_and_complete(lease)
    except LeaseLost:
        raise
    except PERMANENT as error:
        _end_badly(lease, error)
    except Exception as error:
        logger.exception("job_attempt_failed", job_id=str(lease.job.pk), attempt=lease.job.attempt_count)
        if lease.job.attempt_count < settings.MAX_JOB_RETRIES:
            jobs.postpone(lease, error_message=_words(error))
        else:
            _end_badly(lease, error)


@transaction.atomic
def _assign_and_complete(lease: Lease) -> None:
    """The effect, what it causes, and the job's end: all of it or nothing. Raises ClientUnavailable."""
    job = lease.job
    client = active_client_for_update(job.client_id)  # anew: the preparation may have taken long
    result = draw_properties(client=client, count=job.requested_count, today=today_in_paris(), job=job)
    mail_id = None
    if result.assignment_ids:
        mail_id = notification.queue_client_notification(client=client, assignment_ids=result.assignment_ids)
    if result.is_short:
        notification.queue_insufficient_alert(
            client=client, requested_count=result.requested_count, assigned_count=result.assigned_count
        )
    jobs.complete(lease, properties_assigned=result.assigned_count, is_notified=mail_id is not None)
    _record_end(job, "completed", properties_assigned=(0, result.assigned_count))


@transaction.atomic
def _end_badly(lease: Lease, error: Exception) -> None:
    """The job's end and the one mail about it."""
    words = _words(error)
    jobs.fail(lease, error_message=words)
    notification.queue_error_alert(job=lease.job, error_message=words)
    _record_end(lease.job, "failed", error_message=(None, words))


def _record_end(job: ProcessingJob, status: str, **changes: tuple[str | int | None, str | int]) -> None:
    audit.record(
        action="execute",
        resource_type="processing_job",
        resource_id=job.pk,
        changes={"status": ("processing", status), **changes},
    )


def _words(error: Exception) -> str:
    """What a caller may read: our own sentences. Of any other error only its kind, for its text could tell secrets."""
    if isinstance(error, SwitchboardError | WorkerDied):
        return str(error)
    return f"Unexpected error: {type(error).__name__}"
