"""Changing a callback: what it is about, its time, and how it goes on."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from agents.errors import CallbackClosed, CustomerFixed, StatusRefused
from agents.models import OPEN, WAITING, Callback, CallbackStatus
from agents.services.callbacks.slots import slot_taken
from agents.services.callbacks.statuses import NOT_WITH_NEW_TIME, set_status, set_time
from agents.services.facts import CALLBACK, callback_shown, changes_between, moment
from agents.services.followups import renew_followups
from agents.services.locking import callback_locked
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON

# What a replacement sets where it says nothing; the time and the status stay.
DEFAULTS: Final[Mapping[str, Any]] = {
    "reason": "",
    "notes": "",
    "priority_level": 3,
    "expected_outcome": "",
    "outcome": "",
}
# What can still be said of one that was completed or cancelled.
AFTERWARDS: Final = frozenset({"notes", "outcome"})
EVENTS: Final = {CallbackStatus.COMPLETED: "callback.completed", CallbackStatus.CANCELLED: "callback.cancelled"}
FOLLOWED: Final = frozenset({"scheduled_datetime", "status"})
# What nobody is shown, and a new time clears.
BEGUN_ANEW: Final = ("reminded_at", "overdue_at")


class CallbackFields(TypedDict, total=False):
    """What can be said of a callback. The ids, the number and the customer's name are taken only as they are."""

    agent_id: UUID
    customer_id: UUID
    customer_phone: str
    customer_name: str
    scheduled_datetime: datetime
    status: str
    priority_level: int
    reason: str
    notes: str
    expected_outcome: str
    outcome: str


@transaction.atomic
def replace_callback(*, callback_id: UUID, by: Actor, **fields: Unpack[CallbackFields]) -> Callback:
    """Set what is given, and the default where nothing is. Raises what `update_callback` raises."""
    given: Any = {**DEFAULTS, **fields}
    return _change(callback_locked(callback_id, by=by), given)


@transaction.atomic
def update_callback(*, callback_id: UUID, by: Actor, **fields: Unpack[CallbackFields]) -> Callback:
    """Change what is given. A new time makes it wait again, rescheduled.

    Raises CallbackNotFound, CustomerFixed, CallbackClosed, StatusRefused, AgentNotReady, and what `slot_taken` raises.
    """
    return _change(callback_locked(callback_id, by=by), fields)


def _change(callback: Callback, fields: CallbackFields) -> Callback:
    before, was_open = callback_shown(callback), callback.status in OPEN
    _refuse_another_customer(callback, fields)
    at = fields.get("scheduled_datetime", callback.scheduled_datetime)
    # Answers have no fractions of seconds: who sends back what he read means the same time.
    is_moved = moment(at) != moment(callback.scheduled_datetime)
    if is_moved:
        _refuse_other_status(callback, fields)
        set_time(callback, at)
    elif fields.get("status", callback.status) != callback.status:
        set_status(callback, fields["status"])
    for name in DEFAULTS.keys() & fields.keys():
        setattr(callback, name, fields[name])  # type: ignore[literal-required]  # each is one of them
    changes = changes_between(before, callback_shown(callback))
    changes.pop("is_overdue", None)
    if not was_open and changes.keys() - AFTERWARDS:
        raise CallbackClosed(callback.status)
    if changes:
        with slot_taken(callback, at) if is_moved else nullcontext():
            callback.save(update_fields=[*changes, *(BEGUN_ANEW if is_moved else ()), "updated_at"])
        _publish(callback, changes)
    return callback


def _publish(callback: Callback, changes: Mapping[str, tuple[JSON, JSON]]) -> None:
    if FOLLOWED & changes.keys():
        renew_followups([callback.customer_id])
    audit.record(action="update", resource_type=CALLBACK, resource_id=callback.pk, changes=changes)
    event = EVENTS.get(CallbackStatus(callback.status)) if "status" in changes else None
    tell(event or "callback.updated", callback.agent, callback_shown(callback))


def _refuse_another_customer(callback: Callback, fields: CallbackFields) -> None:
    customer = callback.customer
    fixed = {
        "agent_id": customer.agent_id,
        "customer_id": customer.pk,
        "customer_phone": customer.phone_number,
        "customer_name": customer.name,
    }
    for name, value in fixed.items():
        if fields.get(name, value) != value:
            raise CustomerFixed(name)


def _refuse_other_status(callback: Callback, fields: CallbackFields) -> None:
    if fields.get("status", callback.status) not in {callback.status, *WAITING}:
        raise StatusRefused(NOT_WITH_NEW_TIME)
