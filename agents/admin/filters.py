"""What staff ask the lists for."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from unfold.contrib.filters.admin import RangeDateFilter

from agents.models import OPEN, WAITING, AIAgent, Callback, Customer
from agents.selectors.callbacks import is_late
from agents.selectors.customers import search_condition
from agents.selectors.today import is_today

EVERYTHING: Final = "all"
WAITS: Final = "waiting"
WORDS: Final = {
    WAITS: "Waiting",
    "overdue": "Overdue",
    "today": "Today, on the agent's clock",
    "to_come": "To come",
    EVERYTHING: "All, the latest first",
}
# Who asks for one of these looks for what has ended, too.
LOOKS_BACK: Final = ("q", "status__exact", "scheduled_datetime_from", "scheduled_datetime_to")
TRAINING: Final = {"0": (0, 19), "20": (20, 49), "50": (50, 79), "80": (80, 100)}
MONTH: Final = timedelta(days=30)
PRIORITIES: Final = ("5", "4", "3", "2", "1")


def when_asked(request: HttpRequest) -> str:
    """Which callbacks somebody looks for: those that wait, unless he says otherwise, searches, or asks for a day.

    What was ticked is acted on, whatever has become of it since it was listed.
    """
    if (said := request.GET.get("when")) in WORDS:
        return said
    looks_back = any(request.GET.get(name) for name in LOOKS_BACK)
    ticked = request.method == "POST" and request.POST.get("select_across") != "1"
    return EVERYTHING if looks_back or ticked else WAITS


class WhenFilter(admin.SimpleListFilter):
    """Callbacks that wait, those whose time has gone by meanwhile, those of today, and those that are to come."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401
        """What can be asked."""
        return tuple(WORDS.items())

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """What can be asked, and which of it is shown."""
        for name, words in WORDS.items():
            yield {
                "selected": name == when_asked(self.request),
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Callback]) -> QuerySet[Callback]:
        """Those."""
        conditions: dict[str, Callable[[datetime], Q]] = {
            WAITS: lambda _: Q(status__in=WAITING),
            "overdue": is_late,
            "today": is_today,
            "to_come": lambda moment: Q(status__in=OPEN, scheduled_datetime__gte=moment),
        }
        asked = conditions.get(when_asked(request))
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


class TrainingFilter(admin.SimpleListFilter):
    """AI agents by how far they are trained."""

    title = "training level"
    parameter_name = "training"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401
        """What can be asked."""
        return [(name, f"{low} to {high}") for name, (low, high) in TRAINING.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AIAgent]) -> QuerySet[AIAgent]:
        """Those."""
        bounds = TRAINING.get(self.value() or "")
        return queryset.filter(training_level__range=bounds) if bounds else queryset


class QuietFilter(admin.SimpleListFilter):
    """AI agents that have not called for long, or never."""

    title = "calls"
    parameter_name = "quiet"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401
        """What can be asked."""
        return [("month", "No call for 30 days"), ("ever", "Never called")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AIAgent]) -> QuerySet[AIAgent]:
        """Those. Who has never called has not called for 30 days."""
        match self.value():
            case "month":
                return queryset.filter(Q(last_call_at=None) | Q(last_call_at__lt=now() - MONTH))
            case "ever":
                return queryset.filter(last_call_at=None)
            case _:
                return queryset


class ConvertedFilter(admin.SimpleListFilter):
    """Customers who have bought, and those who have not."""

    title = "converted"
    parameter_name = "converted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:  # noqa: ANN401
        """What can be asked."""
        return [("yes", "Yes"), ("month", "In the last 30 days"), ("no", "No")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Customer]) -> QuerySet[Customer]:
        """Those."""
        match self.value():
            case "yes":
                return queryset.filter(converted_at__isnull=False)
            case "month":
                return queryset.filter(converted_at__gte=now() - MONTH)
            case "no":
                return queryset.filter(converted_at=None)
            case _:
                return queryset


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
