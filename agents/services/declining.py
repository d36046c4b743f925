"""Whoever asks not to be called is not called: what was planned for him is called off."""

from django.utils.timezone import now

from agents.models import WAITING, Callback, CallbackStatus, Customer
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.followups import renew_followups
from agents.services.telling import tell_many
from audit import services as audit


def cancel_waiting(customer: Customer) -> None:
    """Cancel the callbacks that wait for the customer, record and announce it, and renew his next follow-up.

    The customer must be locked. One that is in progress goes on.
    """
    waiting = list(
        Callback.objects.filter(customer=customer, status__in=WAITING).order_by("pk").select_for_update(no_key=True)
    )
    if not waiting:
        return
    at, before, after = now(), {}, {}
    for callback in waiting:
        callback.customer = customer
        before[callback.pk] = callback_shown(callback)
        callback.status, callback.cancelled_at, callback.updated_at = CallbackStatus.CANCELLED, at, at
        after[callback.pk] = callback_shown(callback)
    Callback.objects.filter(pk__in=list(after)).update(status=CallbackStatus.CANCELLED, cancelled_at=at, updated_at=at)
    audit.record_many(
        action="update",
        resource_type=CALLBACK,
        resource_ids=list(after),
        changes={pk: changes_between(before[pk], after[pk]) for pk in after},
    )
    renew_followups([customer.pk])
    customer.refresh_from_db(fields=["next_followup"])
    tell_many("callback.cancelled", customer.agent, list(after.values()))
