"""Ending a call that is in progress, and noting more about one that has ended."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack, cast
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from agents.errors import CallEnded, CallRefused
from agents.models import Call, Callback, CallStatus
from agents.services.calling.consequences import heed
from agents.services.calling.times import times_of_ending
from agents.services.calling.words import refuse_misfits
from agents.services.facts import CALL, call_shown, changes_between, plain
from agents.services.locking import call_locked
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON

# Who talks, since when and why is known when a call begins.
FIXED: Final = frozenset({"agent_id", "customer_id", "customer_phone", "callback_id", "direction", "started_at"})


class CallChanges(TypedDict, total=False):
    """What can be said of a call that is known. What cannot change is taken only as it is."""

    agent_id: UUID
    customer_id: UUID
    customer_phone: str
    callback_id: UUID | None
    direction: str
    started_at: datetime
    status: str
    outcome: str
    interest_level: str
    ended_at: datetime | None
    duration_seconds: int | None
    notes: str


@transaction.atomic
def update_call(*, call_id: UUID, by: Actor, **fields: Unpack[CallChanges]) -> Call:
    """End a call that is in progress, now unless told, or change the notes of any.

    Raises CallNotFound, CallRefused, and CallEnded if more than the notes of an ended one would be another.
    """
    call = call_locked(call_id, by=by)
    before = call_shown(call)
    others = {name for name, value in fields.items() if plain(value) != before[name]}
    for name in sorted(FIXED & others):
        raise CallRefused(name, "Cannot be changed.")
    was_in_progress = call.status == CallStatus.IN_PROGRESS
    if was_in_progress:
        _go_on(call, cast(Mapping[str, Any], fields))
    elif others - {"notes"}:
        raise CallEnded
    call.notes = fields.get("notes", call.notes)
    changes = changes_between(before, call_shown(call))
    if changes:
        call.save(update_fields=[*changes, "updated_at"])
        _publish(call, changes)
    if was_in_progress and call.ended_at is not None:
        heed(call, is_new=False)
    return call


def _go_on(call: Call, fields: Mapping[str, Any]) -> None:
    call.status = fields.get("status", call.status)
    refuse_misfits(call.status, fields)
    if call.status == CallStatus.IN_PROGRESS:
        return
    times = times_of_ending(
        started_at=call.started_at,
        ended_at=fields.get("ended_at"),
        duration_seconds=fields.get("duration_seconds"),
        now=now(),
    )
    call.ended_at, call.duration_seconds = times.ended_at, times.duration_seconds
    call.outcome, call.interest_level = fields.get("outcome", ""), fields.get("interest_level", "")
    if call.callback_id is not None:
        call.callback = Callback.objects.select_for_update(no_key=True).filter(pk=call.callback_id).first()
        if call.callback is not None:
            call.callback.customer = call.customer


def _publish(call: Call, changes: Mapping[str, tuple[JSON, JSON]]) -> None:
    audit.record(action="update", resource_type=CALL, resource_id=call.pk, changes=changes)
    tell("call.ended" if "status" in changes else "call.updated", call.agent, call_shown(call))
