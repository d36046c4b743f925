"""Lists of customers, and what there is of one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

import orjson
from django.db.models import Case, Count, F, Q, QuerySet, TextField, When
from django.db.models.functions import Cast

from agents.errors import CustomerNotFound
from agents.models import OPEN, Call, Callback, Customer, InterestLevel
from agents.selectors.pages import Order, Page, Sometimes, fetched, order_of, page_of
from agents.selectors.seen import customers_seen_by
from core.actor import Actor
from core.folding import contains
from core.phones import phone_fragment

ORDERS: Final[Mapping[str, Order]] = {
    "created_at": F("created_at"),
    "name": F("name"),
    # From cold to converted, as the levels are listed.
    "interest_level": Case(*(When(interest_level=level, then=nr) for nr, level in enumerate(InterestLevel.values))),
    "last_call_at": Sometimes("last_call_at"),
    "next_followup": Sometimes("next_followup"),
    "total_calls": F("total_calls"),
}
HISTORY: Final = 50
COLUMNS: Final = (
    *("id", "agent_id", "phone_number", "name", "email", "interest_level", "call_preference_time"),
    *("communication_style", "notes", "do_not_call", "converted_at", "total_calls", "last_call_at", "next_followup"),
    *("created_at", "updated_at"),
)


class CustomerFilters(TypedDict, total=False):
    """Which customers; all that is said holds. `phone_number` is E.164; the ends of times named `_to` are out."""

    agent_id: UUID
    interest_level: str
    converted: bool
    do_not_call: bool
    call_preference_time: str
    phone_number: str
    search: str
    created_from: datetime
    created_to: datetime
    followup_before: datetime


def search_condition(text: str) -> Q:
    """Whose name, e-mail address or phone number has the text in it, whatever the case and the accents of either.

    A text that is written like a part of a phone number is found without what separates its digits, too.
    """
    found = Q(contains(F("search_text"), text))
    fragment = phone_fragment(text)
    return found if fragment in {None, text} else found | Q(search_text__contains=fragment)


CONDITIONS: Final[Mapping[str, Callable[[Any], Q]]] = {
    "agent_id": lambda agent_id: Q(agent=agent_id),
    "interest_level": lambda level: Q(interest_level=level),
    "converted": lambda converted: Q(converted_at__isnull=not converted),
    "do_not_call": lambda refused: Q(do_not_call=refused),
    "call_preference_time": lambda time: Q(call_preference_time=time),
    "phone_number": lambda number: Q(phone_number=number),
    "search": search_condition,
    "created_from": lambda since: Q(created_at__gte=since),
    "created_to": lambda until: Q(created_at__lt=until),
    "followup_before": lambda until: Q(next_followup__lt=until),
}
COUNTS: Final = {
    "total": Count("*"),
    **{name: Count("pk", filter=Q(interest_level=name)) for name in InterestLevel.values},
    "do_not_call": Count("pk", filter=Q(do_not_call=True)),
}


@dataclass(frozen=True, slots=True)
class CustomerDetail:
    """A customer, his last calls, the newest first, and his open callbacks, the earliest first."""

    customer: Customer
    calls: Sequence[Call]
    callbacks: Sequence[Callback]


def customers_matching(actor: Actor, **filters: Unpack[CustomerFilters]) -> QuerySet[Customer]:
    """Those that the caller sees, in no order that matters."""
    return customers_seen_by(actor).filter(*(CONDITIONS[name](value) for name, value in filters.items()))


def customers_page(
    actor: Actor, *, limit: int, offset: int, ordering: str = "-created_at", **filters: Unpack[CustomerFilters]
) -> Page:
    """`limit` of them after the first `offset`. Those without a call, or without a follow-up, come last by it."""
    matching = customers_matching(actor, **filters)
    counts = matching.order_by().aggregate(**COUNTS)
    rows = matching.order_by(*order_of(ordering, ORDERS)).values(*COLUMNS, stored=Cast("preferences", TextField()))
    return page_of(map(_shown, fetched(rows[offset : offset + limit])), counts)


def customer_detail(actor: Actor, customer_id: UUID) -> CustomerDetail:
    """One of those that the caller sees. Raises CustomerNotFound."""
    customer = customers_seen_by(actor).filter(pk=customer_id).first()
    if customer is None:
        raise CustomerNotFound
    calls = list(Call.objects.filter(customer=customer).order_by("-started_at", "pk")[:HISTORY])
    callbacks = list(Callback.objects.filter(customer=customer, status__in=OPEN).order_by("scheduled_datetime", "pk"))
    for call in calls:
        call.customer = customer
    for callback in callbacks:
        callback.customer = customer
    return CustomerDetail(customer, calls, callbacks)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """As one of them is shown by itself."""
    preferences = orjson.Fragment(row.pop("stored"))
    return {**row, "preferences": preferences, "converted": row["converted_at"] is not None}
