"""What belongs to a row, to read on its page: the newest of it, and where all of it is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from agents.models import OPEN, WAITING, Call, Callback, Customer
from config.admin_tables import link

SHOWN: Final = 10


def calls_table(calls: QuerySet[Call], *, all_at: str) -> SafeString:
    """The newest of these calls."""
    rows = calls.select_related("customer", "agent").order_by("-started_at", "id")[:SHOWN]
    told = (
        (
            page_of(call, shown_moment(call.started_at)),
            page_of(call.customer, call.customer),
            call.get_status_display(),
            call.get_outcome_display() or "-",
            call.get_interest_level_display() or "-",
            minutes(call.duration_seconds),
        )
        for call in rows
    )
    return _table(("Began", "Customer", "Status", "Outcome", "Interest", "Minutes"), told, all_at)


def callbacks_table(callbacks: QuerySet[Callback], *, all_at: str) -> SafeString:
    """The open ones of these callbacks, the earliest first, and then the newest of the others."""
    rows = callbacks.select_related("customer", "agent")
    waiting = list(rows.filter(status__in=OPEN).order_by("scheduled_datetime", "id")[:SHOWN])
    others = rows.exclude(status__in=OPEN).order_by("-scheduled_datetime", "id")[: SHOWN - len(waiting)]
    told = (
        (
            page_of(callback, shown_moment(callback.scheduled_datetime)),
            page_of(callback.customer, callback.customer),
            standing(callback).replace("_", " ").capitalize(),
            callback.priority_level,
            callback.reason or "-",
        )
        for callback in (*waiting, *others)
    )
    return _table(("Time", "Customer", "Status", "Priority", "Reason"), told, all_at)


def customers_table(customers: QuerySet[Customer], *, all_at: str) -> SafeString:
    """Those of these customers who are called next, and then the newest."""
    told = (
        (
            page_of(customer, customer),
            customer.phone_number,
            customer.get_interest_level_display(),
            customer.total_calls,
            shown_moment(customer.next_followup),
        )
        for customer in customers.order_by("next_followup", "-created_at", "id")[:SHOWN]
    )
    return _table(("Customer", "Phone number", "Interest", "Calls", "Next follow-up"), told, all_at)


def standing(callback: Callback) -> str:
    """Its status, or `overdue` for one that waits although its time has gone by."""
    is_overdue = callback.status in WAITING and callback.scheduled_datetime < now()
    return "overdue" if is_overdue else callback.status


def page_of(row: Model, words: object) -> SafeString:
    """A link to the page of a row."""
    path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return link(path, str(words))


def shown_moment(moment: datetime | None) -> str:
    """A time in a table, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


def minutes(seconds: int) -> str:
    """As on a clock: `2:05`."""
    return f"{seconds // 60:,}:{seconds % 60:02}"


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]], all_at: str) -> SafeString:
    told = {"headers": headers, "rows": [list(row) for row in rows]}
    if not told["rows"]:
        return SafeString("-")
    shown = SafeString(render_to_string("unfold/components/table.html", {"table": told}))
    return format_html("{}{}", shown, link(all_at, "All of them"))
