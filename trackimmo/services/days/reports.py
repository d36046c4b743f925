"""Opening the jobs of the day's reports."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from audit import services as audit
from core.actor import current_origin
from trackimmo.models import DailyRun, JobKind, ProcessingJob
from trackimmo.selectors.calendar import Duty
from trackimmo.services.days.batches import Batch, hold_clients, not_seen_to, note

# Whoever opens the jobs does them himself: of few, little is left to others when he is stopped.
BATCH_SIZE: Final = 50


@transaction.atomic
def open_reports(run: DailyRun, duty: Duty, *, after: UUID) -> Batch | None:
    """Open the jobs of the next clients who are due; None if there are none that could be had now.

    A client with an active job waits for its end: the next look at the day finds him.
    """
    held = hold_clients(run, duty, after=after, limit=BATCH_SIZE, needs_job=True)
    if not held:
        return None
    jobs = [
        ProcessingJob(
            client=client,
            kind=JobKind.PROCESS,
            requested_count=client.addresses_per_report,
            request_id=current_origin().request_id,
            available_at=Now(),
            created_at=Now(),
            updated_at=Now(),
        )
        for client in not_seen_to(duty, held)
    ]
    ProcessingJob.objects.bulk_create(jobs, ignore_conflicts=True)
    # Somebody may have asked for a client's processing in this very moment: then his report waits too.
    made = set(ProcessingJob.objects.filter(pk__in=[job.pk for job in jobs]).values_list("pk", flat=True))
    opened = [job for job in jobs if job.pk in made]
    note(run, duty, [job.client for job in opened], jobs=opened)
    audit.record_many(action="create", resource_type="processing_job", resource_ids=[job.pk for job in opened])
    return Batch(
        held[-1].pk,
        full=len(held) == BATCH_SIZE,
        dispatched=len(opened),
        job_ids=[job.pk for job in opened],
    )
