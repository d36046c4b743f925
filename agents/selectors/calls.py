"""Lists of calls, and one of them."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from agents.errors import CallNotFound
from agents.models import Call, CallStatus
from agents.selectors.pages import Order, Page, fetched, order_of, page_of
from agents.selectors.seen import calls_seen_by
from core.actor import Actor

ORDERS: Final[Mapping[str, Order]] = {"started_at": F("started_at"), "duration_seconds": F("duration_seconds")}
COLUMNS: Final = (
    *("id", "agent_id", "customer_id", "callback_id", "direction", "status", "outcome", "interest_level"),
    *("started_at", "ended_at", "duration_seconds", "notes", "created_at", "updated_at"),
)


class CallFilters(TypedDict, total=False):
    """Which calls; all that is said holds. `started_to` is out."""

    agent_id: UUID
    customer_id: UUID
    callback_id: UUID
    status: str
    direction: str
    outcome: str
    started_from: datetime
    started_to: datetime


CONDITIONS: Final[Mapping[str, Callable[[Any], Q]]] = {
    "agent_id": lambda agent_id: Q(agent=agent_id),
    "customer_id": lambda customer_id: Q(customer=customer_id),
    "callback_id": lambda callback_id: Q(callback=callback_id),
    "status": lambda status: Q(status=status),
    "direction": lambda direction: Q(direction=direction),
    "outcome": lambda outcome: Q(outcome=outcome),
    "started_from": lambda since: Q(started_at__gte=since),
    "started_to": lambda until: Q(started_at__lt=until),
}
COUNTS: Final = {
    "total": Count("*"),
    **{name: Count("pk", filter=Q(status=name)) for name in CallStatus.values},
}


def calls_matching(actor: Actor, **filters: Unpack[CallFilters]) -> QuerySet[Call]:
    """Those that the caller sees, in no order that matters."""
    return calls_seen_by(actor).filter(*(CONDITIONS[name](value) for name, value in filters.items()))


def calls_page(
    actor: Actor, *, limit: int, offset: int, ordering: str = "-started_at", **filters: Unpack[CallFilters]
) -> Page:
    """`limit` of them after the first `offset`."""
    matching = calls_matching(actor, **filters)
    counts = matching.order_by().aggregate(**COUNTS)
    rows = matching.order_by(*order_of(ordering, ORDERS)).values(*COLUMNS, customer_phone=F("customer__phone_number"))
    return page_of(fetched(rows[offset : offset + limit]), counts)


def call_seen(actor: Actor, call_id: UUID) -> Call:
    """One of those that the caller sees, with its customer. Raises CallNotFound."""
    found = calls_seen_by(actor).select_related("customer").filter(pk=call_id).first()
    if found is None:
        raise CallNotFound
    return found
