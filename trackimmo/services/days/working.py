"""Working on a day: seeing to the clients who are due, and doing their jobs."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from structlog.contextvars import bound_contextvars

from audit import services as audit
from core.actor import Origin, origin_of
from core.tenancy import current_organization_id
from trackimmo.models import DailyRun, DispatchKind
from trackimmo.selectors.calendar import duties
from trackimmo.selectors.days import clients_due
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.days.batches import FIRST, Batch
from trackimmo.services.days.reminders import queue_reminders
from trackimmo.services.days.reports import open_reports
from trackimmo.services.days.waking import wake_day, worker_came
from trackimmo.services.processing import run_job
from trackimmo.services.waking import Wake

# Much shorter than a Celery task may run: whatever else waits for a worker gets its turn.
WORK_SECONDS: Final = 10
SEE_TO: Final = {DispatchKind.REMINDER: queue_reminders, DispatchKind.REPORT: open_reports}


def work_on_day(*, run_id: UUID) -> None:
    """Work on an open run of this organization for about ten seconds, together with whoever else does.

    A worker does the jobs that he opens himself, so that no more of them wait than are worked on, however many clients
    are due. The run is finished by whoever finds that nobody is left.
    """
    worker_came(run_id)
    run = DailyRun.objects.filter(pk=run_id, finished_at=None).first()
    if run is None:
        return
    deadline = time.monotonic() + WORK_SECONDS
    with in_the_name_of(run):
        for batch in batches(run):
            if batch.dispatched:  # after a batch that failed, the next one to come is sent by beat
                wake_day(run_id)
            _run_jobs(batch.job_ids, deadline=deadline)
            if time.monotonic() > deadline:
                wake_day(run_id)
                return
        finish_if_done(run)


def batches(run: DailyRun) -> Iterator[Batch]:
    """See to everybody who is due and can be had now, reminders first, a batch and a transaction at a time."""
    for duty in duties(run.day, today=today_in_paris()):
        after = FIRST
        while batch := SEE_TO[duty.kind](run, duty, after=after):
            yield batch
            if not batch.full:
                break
            after = batch.last_client_id


@transaction.atomic
def finish_if_done(run: DailyRun) -> None:
    """Finish the run if nobody who is due is left: neither with a worker, nor waiting for the end of another job."""
    held = DailyRun.objects.select_for_update().filter(pk=run.pk, finished_at=None).first()
    if held is None or _is_anybody_left(held):
        return
    DailyRun.objects.filter(pk=held.pk).update(finished_at=Now())
    audit.record(
        action="update", resource_type="daily_run", resource_id=held.pk, changes={"status": ("open", "finished")}
    )


def _is_anybody_left(run: DailyRun) -> bool:
    due = (clients_due(duty, created_until=run.clients_until) for duty in duties(run.day, today=today_in_paris()))
    return any(clients.exists() for clients in due)


@contextmanager
def in_the_name_of(run: DailyRun) -> Iterator[None]:
    """Whatever a run causes can be found by its day."""
    request_id = f"daily-{run.day:%Y-%m-%d}"
    with origin_of(Origin(request_id=request_id)), bound_contextvars(request_id=request_id, run_id=str(run.pk)):
        yield


def _run_jobs(job_ids: Sequence[UUID], *, deadline: float) -> None:
    """Do the jobs until the time is up; other workers are asked for the rest."""
    for number, job_id in enumerate(job_ids):
        if time.monotonic() > deadline:
            Wake(current_organization_id(), tuple(job_ids[number:]))()
            return
        run_job(job_id=job_id)
