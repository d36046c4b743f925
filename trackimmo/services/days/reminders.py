"""Queueing the mails of the day before."""

from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import prefetch_related_objects

from core.errors import Invalid
from trackimmo.models import Client, DailyRun
from trackimmo.selectors.calendar import Duty
from trackimmo.selectors.days import clients_due
from trackimmo.services import notification
from trackimmo.services.days.batches import Batch, hold_clients, not_seen_to, note

logger = structlog.get_logger(__name__)

BATCH_SIZE: Final = 200


def queue_reminders(run: DailyRun, duty: Duty, *, after: UUID) -> Batch | None:
    """Queue the mails of the next clients who are due; None if there are none that could be had now.

    What is wrong with one client costs nobody else his reminder: a batch that fails is halved until it is that client
    alone, who is passed over. The next look at the day finds him again.
    """
    limit = BATCH_SIZE
    while limit:
        try:
            return _queue(run, duty, after=after, limit=limit)
        except Exception as error:
            logger.warning("reminders_failed", day=str(run.day), clients=limit, exc_info=error if limit == 1 else None)
            limit //= 2
    return _pass_over(run, duty, after=after)


def _pass_over(run: DailyRun, duty: Duty, *, after: UUID) -> Batch | None:
    due = clients_due(duty, created_until=run.clients_until).filter(pk__gt=after)
    client_id = due.values_list("pk", flat=True).first()
    if client_id is None:
        return None
    logger.error("reminder_failed", day=str(run.day), client_id=str(client_id))
    return Batch(client_id, full=True, dispatched=0)


@transaction.atomic
def _queue(run: DailyRun, duty: Duty, *, after: UUID, limit: int) -> Batch | None:
    held = hold_clients(run, duty, after=after, limit=limit, needs_job=False)
    if not held:
        return None
    clients = not_seen_to(duty, held)
    prefetch_related_objects(clients, "chosen_cities")
    note(run, duty, clients, jobs=[None] * len(clients))
    for client in clients:
        _queue_mail(client, duty)
    return Batch(held[-1].pk, full=len(held) == limit, dispatched=len(clients))


def _queue_mail(client: Client, duty: Duty) -> None:
    """A client whose address takes no mail counts as seen to: tomorrow it will not be a better one."""
    try:
        notification.queue_reminder(client=client, due_on=duty.due_on)
    except Invalid as error:
        logger.error("reminder_impossible", client_id=str(client.pk), error=str(error), fields=error.fields)
