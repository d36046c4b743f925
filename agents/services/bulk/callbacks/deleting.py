"""Deleting callbacks that are completed."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from agents.errors import CallbackNotFound, CallbackOpen, CallInProgress
from agents.models import Call, Callback, CallbackStatus, CallStatus
from agents.services.bulk.callbacks.holding import Row, hold
from agents.services.bulk.callbacks.publishing import publish
from agents.services.bulk.choosing import Choice, in_order
from agents.services.bulk.results import BulkResult, Result, failed
from agents.services.facts import callback_shown, changes_between
from core.actor import Actor
from core.errors import SwitchboardError
from core.lookups import among

ACTION: Final = "delete_completed"


@transaction.atomic
def delete_completed_callbacks(*, choice: Choice, by: Actor, dry_run: bool = False) -> BulkResult:
    """Delete the completed ones; calls that they led to stay. Others fail, and those with a call in progress.

    Raises TooManyMatches.
    """
    rows = hold(choice, by=by).rows
    refusals = _refusals(rows)
    deleting = [row for row in rows if row.id not in refusals]
    if deleting and not dry_run:
        _write(deleting)
    results = [failed(row.id, refusals[row.id]) if row.id in refusals else Result(row.id) for row in rows]
    return BulkResult(ACTION, dry_run, in_order(choice, results, CallbackNotFound))


def _refusals(rows: Sequence[Row]) -> dict[UUID, SwitchboardError]:
    refusals: dict[UUID, SwitchboardError] = {
        row.id: CallbackOpen(row.status) for row in rows if row.status != CallbackStatus.COMPLETED
    }
    completed = [row.id for row in rows if row.id not in refusals]
    talking = Call.objects.filter(among("callback_id", completed), status=CallStatus.IN_PROGRESS)
    return refusals | {pk: CallInProgress() for pk in talking.values_list("callback__pk", flat=True)}


def _write(rows: Sequence[Row]) -> None:
    ids = [row.id for row in rows]
    callbacks = Callback.objects.filter(among("pk", ids))
    changes = {
        callback.pk: changes_between(callback_shown(callback), {}) for callback in callbacks.select_related("customer")
    }
    # What Django's collector would do in portions of a hundred. Calls are locked after callbacks.
    Call.objects.filter(among("callback_id", ids)).update(callback=None)
    callbacks._raw_delete(using=connection.alias)
    publish(rows, action=ACTION, changes=changes, recorded_as="delete")
