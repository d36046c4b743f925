"""Moving callbacks to free slots: the most urgent first, each of its own AI agent's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.timezone import now

from agents.errors import CallbackClosed, CallbackNotFound, DoNotCall, NoFreeSlot, PastDatetime
from agents.models import OPEN, SLOT, AIAgent, CallbackStatus
from agents.services.bulk.callbacks.holding import Held, Row, hold
from agents.services.bulk.callbacks.publishing import publish
from agents.services.bulk.choosing import Choice, in_order
from agents.services.bulk.results import BulkResult, Result, failed, unchanged
from agents.services.facts import moment
from agents.services.followups import renew_followups
from agents.services.scheduling import Diary
from core.actor import Actor
from core.errors import SwitchboardError
from core.jsontypes import JSON
from core.tenancy import current_organization_id

ACTION: Final = "reschedule"
FIELD: Final = "new_datetime"
MOVE: Final = """
    UPDATE agents_callback AS callback
    SET scheduled_datetime = place.at, ends_at = place.at + %(slot)s, status = %(status)s, updated_at = %(now)s,
        reschedule_count = reschedule_count + 1, reminded_at = NULL, overdue_at = NULL, started_at = NULL
    FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) AS place (id, at)
    WHERE callback.id = place.id AND callback.organization_id = %(organization_id)s
"""


@transaction.atomic
def reschedule_callbacks(*, choice: Choice, by: Actor, new_datetime: datetime, dry_run: bool = False) -> BulkResult:
    """Put each in a free slot of its agent's, from `new_datetime` on, and say where it was and where it is.

    Closed ones fail, and those whose customer asked not to be called, and what finds no slot within a year: it stays
    where it is. Raises PastDatetime and TooManyMatches.
    """
    if new_datetime <= now():
        raise PastDatetime(FIELD)
    held = hold(choice, by=by, with_agents=True)
    refusals = {row.id: refusal for row in held.rows if (refusal := _refusal(row, held))}
    places = _places([row for row in held.rows if row.id not in refusals], held.agents, since=new_datetime)
    results = [_result(row, refusals.get(row.id), places.get(row.id)) for row in held.rows]
    moving = [row for row in held.rows if places.get(row.id, row.scheduled_datetime) != row.scheduled_datetime]
    if moving and not dry_run:
        _write(moving, places, at=now())
    return BulkResult(ACTION, dry_run, in_order(choice, results, CallbackNotFound))


def _refusal(row: Row, held: Held) -> SwitchboardError | None:
    if row.status not in OPEN:
        return CallbackClosed(row.status)
    return DoNotCall() if row.customer_id in held.not_to_call else None


def _places(rows: Sequence[Row], agents: Mapping[UUID, AIAgent], *, since: datetime) -> dict[UUID, datetime]:
    """Where each goes. What finds no slot is not in it, and keeps the one that it has."""
    moving = sorted(rows, key=lambda row: (-row.priority_level, row.scheduled_datetime, row.id))
    while True:
        # Together, and not one by one: what is to be moved is in the way of none of the others.
        diaries = Diary.of_each(agents.values(), since=since, leaving_out=[row.id for row in moving])
        places: dict[UUID, datetime] = {}
        for row in moving:
            diary = diaries[row.agent_id]
            if (at := diary.next_free(since)) is not None:
                diary.take(at)
                places[row.id] = at
        if len(places) == len(moving):
            return places
        # The slots of those that stay are taken after all.
        moving = [row for row in moving if row.id in places]


def _result(row: Row, refusal: SwitchboardError | None, at: datetime | None) -> Result:
    if refusal is not None:
        return failed(row.id, refusal)
    if at is None:
        return failed(row.id, NoFreeSlot())
    if at == row.scheduled_datetime:
        return unchanged(row.id)
    return Result(row.id, more={"from": moment(row.scheduled_datetime), "to": moment(at)})


def _write(rows: Sequence[Row], places: Mapping[UUID, datetime], *, at: datetime) -> None:
    parameters: dict[str, Any] = {
        "ids": [row.id for row in rows],
        "times": [places[row.id] for row in rows],
        "slot": SLOT,
        "status": CallbackStatus.RESCHEDULED,
        "now": at,
        "organization_id": current_organization_id(),
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, parameters)
    renew_followups({row.customer_id for row in rows})
    publish(
        rows,
        action=ACTION,
        changes={row.id: _changes(row, places[row.id]) for row in rows},
        recorded_as="update",
    )


def _changes(row: Row, at: datetime) -> dict[str, tuple[JSON, JSON]]:
    changes: dict[str, tuple[JSON, JSON]] = {
        "scheduled_datetime": (moment(row.scheduled_datetime), moment(at)),
        "ends_at": (moment(row.ends_at), moment(at + SLOT)),
        "reschedule_count": (row.reschedule_count, row.reschedule_count + 1),
    }
    if row.status != CallbackStatus.RESCHEDULED:
        changes["status"] = (row.status, str(CallbackStatus.RESCHEDULED))
    if row.started_at is not None:
        changes["started_at"] = (moment(row.started_at), None)
    return changes
