"""What staff ask the lists for."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from unfold.contrib.filters.admin import RangeDateFilter

from agents.models import OPEN, Callback, Customer
from agents.selectors.callbacks import is_late
from agents.selectors.customers import search_condition
from agents.selectors.today import is_today

WORDS: Final = {"overdue": "Overdue", "today": "Today, on the agent's clock", "to_come": "To come"}
PRIORITIES: Final = ("5", "4", "3", "2", "1")


class WhenFilter(admin.SimpleListFilter):
    """Callbacks whose time has gone by while they wait, those of today, and those that are to come."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401
        """What can be asked."""
        return tuple(WORDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Callback]) -> QuerySet[Callback]:
        """Those."""
        conditions: dict[str | None, Callable[[datetime], Q]] = {
            "overdue": is_late,
            "today": is_today,
            "to_come": lambda moment: Q(status__in=OPEN, scheduled_datetime__gte=moment),
        }
        asked = conditions.get(self.value())
        return queryset.filter(asked(now())) if asked else queryset


class PriorityFilter(admin.SimpleListFilter):
    """Callbacks of a priority. Django's own would look through the table for which there are."""

    title = "priority"
    parameter_name = "priority"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401
        """What can be asked."""
        return [(level, level) for level in PRIORITIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Callback]) -> QuerySet[Callback]:
        """Those."""
        return queryset.filter(priority_level=int(level)) if (level := self.value()) in PRIORITIES else queryset


class DaysFilter(RangeDateFilter):
    """From a day to a day in UTC, both in."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        """Those of that time. What is no date is not asked for."""
        since, until = (self._day(end) for end in ("from", "to"))
        if since:
            queryset = queryset.filter(**{f"{self.field_path}__gte": since})
        if until:
            queryset = queryset.filter(**{f"{self.field_path}__lt": until + timedelta(days=1)})
        return queryset

    def _day(self, end: str) -> datetime | None:
        day = parse_date(self.used_parameters.get(f"{self.field_path}_{end}") or "")
        return datetime.combine(day, time(), UTC) if day else None


def matching(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """As the API's `search`: part of a name, of an e-mail address, or of a phone number however it is written."""
    part = text.strip()
    return customers.filter(search_condition(part)) if part else customers


def of_customers(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Those whose customer is one of `matching`."""
    return rows.filter(customer__in=matching(Customer.objects.order_by(), text)) if text.strip() else rows
