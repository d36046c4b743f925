"""A batch of clients who are due: held, looked at anew, and seen to, all in one transaction.

Whoever writes a dispatch holds its client's row. So what another worker has dispatched is either committed, and seen
by the second look, or its clients are skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models.functions import Now

from trackimmo.models import Client, DailyRun, Dispatch, ProcessingJob
from trackimmo.selectors.calendar import Duty
from trackimmo.selectors.days import clients_due, without_active_job

FIRST: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of a batch: the client it ended with, how many were seen to, and the jobs that were opened.

    After one that is not `full` there is nobody left who could be had.
    """

    last_client_id: UUID
    full: bool
    dispatched: int
    job_ids: Sequence[UUID] = ()


def hold_clients(run: DailyRun, duty: Duty, *, after: UUID, limit: int, needs_job: bool) -> Sequence[Client]:
    """Up to `limit` due clients with ids above `after`, held until the transaction ends.

    Those that another worker holds are left to him; with `needs_job`, those who have an active job are left for later.
    """
    due = clients_due(duty, created_until=run.clients_until).filter(pk__gt=after)
    if needs_job:
        due = without_active_job(due)
    return list(due.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit])


def not_seen_to(duty: Duty, held: Sequence[Client]) -> Sequence[Client]:
    """Those of the held clients whom nobody has seen to until now."""
    dispatches = Dispatch.objects.filter(client__in=held, kind__in=duty.settled_by, month=duty.month)
    seen_to = set(dispatches.values_list("client_id", flat=True))
    return [client for client in held if client.pk not in seen_to]


def note(run: DailyRun, duty: Duty, clients: Sequence[Client], *, jobs: Sequence[ProcessingJob | None]) -> None:
    """Write down that the clients are seen to, each with his job. Raises IntegrityError if one was already."""
    Dispatch.objects.bulk_create(
        Dispatch(
            run=run,
            client=client,
            kind=duty.kind,
            month=duty.month,
            due_on=duty.due_on,
            job=job,
            created_at=Now(),
        )
        for client, job in zip(clients, jobs, strict=True)
    )
