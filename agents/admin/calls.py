"""Calls in the admin."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from agents.admin.filters import DaysFilter, of_customers
from agents.admin.tables import minutes, moment_cell
from agents.models import Call, CallStatus
from config.admin_tables import CappedAdmin, ReadOnly

COLOURS = {
    CallStatus.IN_PROGRESS: "info",
    CallStatus.COMPLETED: "success",
    CallStatus.NO_ANSWER: "warning",
    CallStatus.BUSY: "warning",
    CallStatus.FAILED: "danger",
}


@admin.register(Call)
class CallAdmin(ReadOnly, CappedAdmin):
    """The calls of the staff's organization: history, which agents and their people take down."""

    list_display = ["began", "customer", "agent", "direction", "state", "outcome", "interest_level", "duration"]
    list_select_related = ["customer", "agent"]
    list_filter = [
        "status",
        "outcome",
        "direction",
        ("agent", AutocompleteSelectFilter),
        ("started_at", DaysFilter),
    ]
    list_filter_submit = True
    ordering = ["-started_at", "id"]
    sortable_by = ()
    search_fields = ["customer__search_text"]  # of_customers looks for it
    search_help_text = "Part of the customer's name, e-mail address or phone number"
    fields = [
        "agent",
        "customer",
        "callback",
        "direction",
        "status",
        "outcome",
        "interest_level",
        "started_at",
        "ended_at",
        "duration",
        "notes",
        "created_at",
        "updated_at",
    ]
    readonly_fields = ["duration"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """With the names that the page of one shows, too."""
        calls: QuerySet[Call] = super().get_queryset(request)
        return calls.select_related("customer", "agent", "callback__customer")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """Those of the customers that the API's `search` finds."""
        return of_customers(queryset, search_term), False

    @admin.display(description="began", ordering="started_at")
    def began(self, call: Call) -> SafeString:
        """When it began."""
        return moment_cell(call.started_at)

    @display(description="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, call: Call) -> tuple[str, str]:
        """The status, in colour."""
        return call.status, call.get_status_display()

    @admin.display(description="duration")
    def duration(self, call: Call) -> str:
        """In minutes and seconds."""
        return minutes(call.duration_seconds)
