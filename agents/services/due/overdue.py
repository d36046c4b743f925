"""Callbacks whose slot has gone by while they waited, or since they began without a call: somebody must see to them."""

from datetime import datetime

from django.db import transaction

from agents.models import Callback
from agents.selectors.due import begun_untold, untold
from agents.services.due.claiming import by_agent, claim
from agents.services.due.mails import Occasion
from agents.services.due.recipients import write
from agents.services.facts import callback_shown
from agents.services.telling import tell_many


@transaction.atomic
def mark_overdue(now: datetime) -> int:
    """Mark them, tell whoever watches, and write to whoever looks after their agents. Returns how many.

    Of a customer who asked not to be called nobody is written to.
    """
    callbacks = claim(untold(now=now), begun_untold(now=now))
    Callback.objects.filter(pk__in=[callback.pk for callback in callbacks]).update(overdue_at=now)
    for agent, rows in by_agent(callbacks):
        tell_many("callback.overdue", agent, [callback_shown(row) for row in rows])
    write(Occasion.OVERDUE, [row for row in callbacks if not row.customer.do_not_call])
    return len(callbacks)
