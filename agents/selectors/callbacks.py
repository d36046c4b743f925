"""Lists of callbacks."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.utils.timezone import now

from agents.errors import CallbackNotFound
from agents.models import WAITING, Callback, CallbackStatus, Customer
from agents.selectors.customers import search_condition
from agents.selectors.pages import Order, Page, fetched, order_of, page_of
from agents.selectors.seen import callbacks_seen_by
from agents.selectors.today import is_today
from core.actor import Actor

ORDERS: Final[Mapping[str, Order]] = {
    name: F(name) for name in ("scheduled_datetime", "priority_level", "created_at", "status")
}
# Of what many have in common: whose turn is earlier.
TIES: Final = {"priority_level": ["scheduled_datetime"], "status": ["scheduled_datetime"]}
COLUMNS: Final = (
    *("id", "agent_id", "customer_id", "scheduled_datetime", "ends_at", "status", "priority_level", "reason", "notes"),
    *("expected_outcome", "outcome", "reschedule_count", "started_at", "completed_at", "cancelled_at"),
    *("created_at", "updated_at"),
)


class CallbackFilters(TypedDict, total=False):
    """Which callbacks; all that is said holds, and what is said to be false holds not.

    `overdue`: it waits, and its time has gone by. `today`: on today's date where its AI agent is. `date_from` is itself
    in and `date_to` out. `search` is part of the customer's name, e-mail address or number.
    """

    agent_id: UUID
    customer_id: UUID
    status: str
    priority_level: int
    overdue: bool
    today: bool
    date_from: datetime
    date_to: datetime
    search: str


def is_late(moment: datetime) -> Q:
    """Whether it waits, and its time has gone by."""
    return Q(status__in=WAITING, scheduled_datetime__lt=moment)


# By what is asked for, and the moment at which it is.
CONDITIONS: Final[Mapping[str, Callable[[Any, datetime], Q]]] = {
    "agent_id": lambda agent_id, _: Q(agent=agent_id),
    "customer_id": lambda customer_id, _: Q(customer=customer_id),
    "status": lambda status, _: Q(status=status),
    "priority_level": lambda level, _: Q(priority_level=level),
    "overdue": lambda wanted, moment: is_late(moment) if wanted else ~is_late(moment),
    "today": lambda wanted, moment: is_today(moment) if wanted else ~is_today(moment),
    "date_from": lambda since, _: Q(scheduled_datetime__gte=since),
    "date_to": lambda until, _: Q(scheduled_datetime__lt=until),
    "search": lambda text, _: Q(customer__in=Customer.objects.filter(search_condition(text)).order_by()),
}


def callbacks_matching(
    actor: Actor, *, moment: datetime | None = None, **filters: Unpack[CallbackFilters]
) -> QuerySet[Callback]:
    """Those that the caller sees and that match at `moment`, which is now unless told; in no order that matters."""
    at = moment or now()
    conditions = [CONDITIONS[name](value, at) for name, value in filters.items()]
    return callbacks_seen_by(actor).filter(*conditions).order_by()


def callbacks_page(
    actor: Actor, *, limit: int, offset: int, ordering: str = "scheduled_datetime", **filters: Unpack[CallbackFilters]
) -> Page:
    """`limit` of them after the first `offset`, as `callback_shown` shows each."""
    moment = now()
    matching = callbacks_matching(actor, moment=moment, **filters)
    counts = matching.aggregate(total=Count("*"), **_counts(moment))
    rows = matching.order_by(*order_of(ordering, ORDERS, then=TIES.get(ordering.removeprefix("-"), ()))).values(
        *COLUMNS,
        customer_phone=F("customer__phone_number"),
        customer_name=F("customer__name"),
        is_overdue=ExpressionWrapper(is_late(moment), output_field=BooleanField()),
    )
    return page_of(fetched(rows[offset : offset + limit]), counts)


def callback_seen(actor: Actor, callback_id: UUID) -> Callback:
    """The callback with its customer. Raises CallbackNotFound if there is none that the caller sees."""
    found = callbacks_seen_by(actor).select_related("customer").filter(pk=callback_id).first()
    if found is None:
        raise CallbackNotFound
    return found


def _counts(moment: datetime) -> dict[str, Count]:
    by_status = {status: Count("pk", filter=Q(status=status)) for status in CallbackStatus.values}
    return by_status | {"overdue": Count("pk", filter=is_late(moment))}
