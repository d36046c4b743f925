"""Deleting a callback."""

from uuid import UUID

from django.db import transaction

from agents.errors import CallInProgress
from agents.models import Call, Callback, CallStatus
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.followups import renew_followups
from agents.services.locking import callback_locked
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor


@transaction.atomic
def delete_callback(*, callback_id: UUID, by: Actor) -> Callback:
    """Delete it, and return it as it was; calls that it led to stay. Raises CallbackNotFound, CallInProgress."""
    callback = callback_locked(callback_id, by=by)
    if Call.objects.filter(callback=callback, status=CallStatus.IN_PROGRESS).exists():
        raise CallInProgress
    Callback.objects.filter(pk=callback.pk).delete()
    renew_followups([callback.customer_id])
    shown = callback_shown(callback)
    audit.record(action="delete", resource_type=CALLBACK, resource_id=callback.pk, changes=changes_between(shown, {}))
    tell("callback.deleted", callback.agent, shown)
    return callback
