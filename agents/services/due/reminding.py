"""Callbacks that are near: whoever looks after their agents is reminded."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from agents.models import Callback
from agents.selectors.due import reminder_time, unreminded
from agents.services.due.claiming import claim
from agents.services.due.mails import Occasion
from agents.services.due.recipients import write


@transaction.atomic
def remind(now: datetime) -> int:
    """Write to them, once for each callback and time. The mark and the mail are one transaction. Returns how many."""
    if not reminder_time():
        return 0
    callbacks = claim(unreminded(now=now) & Q(customer__do_not_call=False))
    Callback.objects.filter(pk__in=[callback.pk for callback in callbacks]).update(reminded_at=now)
    write(Occasion.REMINDER, callbacks)
    return len(callbacks)
