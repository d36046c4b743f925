"""What belongs to a row, to read on its page: the newest of it, and where all of it is."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Final, TypeVar

from django.db.models import Model, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from agents.models import OPEN, WAITING, Call, Callback, Customer
from config.admin_tables import link

SHOWN: Final = 10
CUSTOMER: Final = "Customer"
PageT = TypeVar("PageT")
RowT = TypeVar("RowT", bound=Model)
# What stands in each column of a table.
Columns = Mapping[str, Callable[[RowT], object]]


def asked_once(show: Callable[[PageT, RowT], SafeString]) -> Callable[[PageT, RowT], SafeString]:
    """Keep what a page shows of its row: its template asks for it again and again."""

    @wraps(show)
    def kept(page: PageT, row: RowT) -> SafeString:
        shown: dict[str, SafeString] = row.__dict__.setdefault("_shown", {})
        if show.__name__ not in shown:
            shown[show.__name__] = show(page, row)
        return shown[show.__name__]

    return kept


def calls_table(calls: QuerySet[Call], *, all_at: str, of_one: bool = False) -> SafeString:
    """The newest of these calls; `of_one` says that they are all of one customer's."""
    rows = calls.select_related("customer").order_by("-started_at", "id")[:SHOWN]
    columns: Columns[Call] = {
        "Began": lambda call: page_of(call, moment_cell(call.started_at)),
        CUSTOMER: lambda call: page_of(call.customer, call.customer),
        "Status": lambda call: call.get_status_display(),
        "Outcome": lambda call: call.get_outcome_display() or "-",
        "Interest": lambda call: call.get_interest_level_display() or "-",
        "Minutes": lambda call: minutes(call.duration_seconds),
    }
    return _table(rows, columns, all_at=all_at, leaving_out=CUSTOMER if of_one else None)


def callbacks_table(callbacks: QuerySet[Callback], *, all_at: str, of_one: bool = False) -> SafeString:
    """The open ones of these callbacks, the earliest first, and then the newest of the others."""
    rows = callbacks.select_related("customer")
    waiting = list(rows.filter(status__in=OPEN).order_by("scheduled_datetime", "id")[:SHOWN])
    others = rows.exclude(status__in=OPEN).order_by("-scheduled_datetime", "id")[: SHOWN - len(waiting)]
    columns: Columns[Callback] = {
        "Time": lambda callback: page_of(callback, moment_cell(callback.scheduled_datetime)),
        CUSTOMER: lambda callback: page_of(callback.customer, callback.customer),
        "Status": lambda callback: in_words(standing(callback)),
        "Priority": lambda callback: callback.priority_level,
        "Reason": lambda callback: callback.reason or "-",
    }
    return _table([*waiting, *others], columns, all_at=all_at, leaving_out=CUSTOMER if of_one else None)


def customers_table(customers: QuerySet[Customer], *, all_at: str) -> SafeString:
    """Those of these customers who are called next, and then the newest."""
    columns: Columns[Customer] = {
        CUSTOMER: lambda customer: page_of(customer, customer),
        "Phone number": lambda customer: customer.phone_number,
        "Interest": lambda customer: customer.get_interest_level_display(),
        "Calls": lambda customer: customer.total_calls,
        "Next follow-up": lambda customer: moment_cell(customer.next_followup),
    }
    return _table(customers.order_by("next_followup", "-created_at", "id")[:SHOWN], columns, all_at=all_at)


def standing(callback: Callback) -> str:
    """Its status, or `overdue` for one that waits although its time has gone by."""
    is_overdue = callback.status in WAITING and callback.scheduled_datetime < now()
    return "overdue" if is_overdue else callback.status


def in_words(name: str) -> str:
    """`in_progress` as people write it."""
    return name.replace("_", " ").capitalize()


def page_of(row: Model, words: object) -> SafeString:
    """A link to the page of a row."""
    path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return link(path, words)


def shown_moment(moment: datetime) -> str:
    """A time as all pages write it, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M}"


def moment_cell(moment: datetime | None) -> SafeString:
    """A time in a table, which no line break parts: hyphens do not hold together."""
    if moment is None:
        return SafeString("-")
    return format_html('<span class="whitespace-nowrap">{}</span>', shown_moment(moment))


def minutes(seconds: int) -> str:
    """As on a clock: `2:05`."""
    return f"{seconds // 60:,}:{seconds % 60:02}"


def _table(rows: Iterable[RowT], columns: Columns[RowT], *, all_at: str, leaving_out: str | None = None) -> SafeString:
    shown = {name: value for name, value in columns.items() if name != leaving_out}
    told = [[value(row) for value in shown.values()] for row in rows]
    if not told:
        return SafeString("-")
    table = render_to_string("unfold/components/table.html", {"table": {"headers": list(shown), "rows": told}})
    return format_html('{}<div class="mt-2">{}</div>', SafeString(table), link(all_at, "All of them"))
