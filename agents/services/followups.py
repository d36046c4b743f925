"""When a customer is called next: the time of his earliest open callback."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Min, OuterRef, Subquery

from agents.models import OPEN, Callback, Customer
from core.lookups import among


def renew_followups(customer_ids: Iterable[UUID]) -> None:
    """Compute it anew, in one statement. The customers must be locked, and their callbacks written by now."""
    # By the customer alone: whose he is, his callbacks are. With the organization in it, a planner without statistics
    # of what was written just now would go through all of its callbacks for each customer.
    earliest = (
        Callback.unscoped.filter(customer=OuterRef("pk"), status__in=OPEN)
        .order_by()
        .values("customer")
        .annotate(earliest=Min("scheduled_datetime"))
        .values("earliest")
    )
    Customer.objects.filter(among("pk", customer_ids)).update(next_followup=Subquery(earliest))
