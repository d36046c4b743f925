"""Requests for jobs other than the monthly report."""

from uuid import UUID

from django.db import transaction

from audit import services as audit
from trackimmo.models import JobKind, ProcessingJob
from trackimmo.selectors.clients import active_client_for_update
from trackimmo.services import jobs


@transaction.atomic
def start_adding_addresses(*, client_id: UUID, count: int | None = None) -> tuple[ProcessingJob, bool]:
    """Accept the assignment of `count` properties more to an active client; as many as in a report unless told.

    Returns the job and whether it is new: a client with an active job gets that one. Raises ClientUnavailable.
    """
    client = active_client_for_update(client_id)
    requested_count = client.addresses_per_report if count is None else count
    job, started = jobs.open_job(client=client, kind=JobKind.ADD_ADDRESSES, requested_count=requested_count)
    if started:
        audit.record(
            action="create",
            resource_type="processing_job",
            resource_id=job.pk,
            changes={"kind": (None, job.kind), "requested_count": (None, requested_count)},
        )
    return job, started
