"""The callback that a call was made for: it goes on as the call does."""

from typing import Final
from uuid import UUID

from agents.errors import CallbackClosed, CallbackNotFound, CallInProgress
from agents.models import OPEN, Call, Callback, CallbackStatus, CallStatus, Customer
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.followups import renew_followups
from agents.services.telling import tell
from audit import services as audit

EVENTS: Final = {
    CallbackStatus.IN_PROGRESS: "callback.started",
    CallbackStatus.COMPLETED: "callback.completed",
}


def callback_to_follow(callback_id: UUID, *, customer: Customer) -> Callback:
    """The callback, locked after its customer. Raises CallbackNotFound, naming the id, if it is somebody else's;
    CallbackClosed if nobody is to call any more; and CallInProgress if somebody does."""
    callback = Callback.objects.filter(pk=callback_id, customer=customer).select_for_update(no_key=True).first()
    if callback is None:
        raise CallbackNotFound(fields={"callback_id": [CallbackNotFound.default_message]})
    if callback.status not in OPEN:
        raise CallbackClosed(callback.status)
    if Call.objects.filter(callback=callback, status=CallStatus.IN_PROGRESS).exists():
        raise CallInProgress
    callback.customer = customer
    return callback


def follow(call: Call) -> None:
    """Begin the callback with the call, complete it with a conversation, and let it wait again after none.

    Somebody may have closed it in the meantime: then it stays as he left it.
    """
    callback = call.callback
    if callback is None or callback.status not in OPEN:
        return
    before = callback_shown(callback)
    _take_over(callback, call)
    changes = changes_between(before, callback_shown(callback))
    changes.pop("is_overdue", None)
    if not changes:
        return
    callback.save(update_fields=[*changes, "updated_at"])
    renew_followups([call.customer.pk])
    call.customer.refresh_from_db(fields=["next_followup"])
    audit.record(action="update", resource_type=CALLBACK, resource_id=callback.pk, changes=changes)
    tell(EVENTS.get(CallbackStatus(callback.status), "callback.updated"), call.agent, callback_shown(callback))


def _take_over(callback: Callback, call: Call) -> None:
    match call.status:
        case CallStatus.IN_PROGRESS:
            callback.status, callback.started_at = CallbackStatus.IN_PROGRESS, call.started_at
        case CallStatus.COMPLETED:
            callback.status, callback.completed_at = CallbackStatus.COMPLETED, call.ended_at
            callback.outcome = callback.outcome or call.get_outcome_display().capitalize()
        case _:
            is_moved = callback.reschedule_count > 0
            callback.status = CallbackStatus.RESCHEDULED if is_moved else CallbackStatus.SCHEDULED
            callback.started_at = None
