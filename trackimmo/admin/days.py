"""Daily runs in the admin: what was done on which day, and for whom."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from config.admin_tables import link
from trackimmo.admin.base import RecordAdmin
from trackimmo.admin.jobs import COLOURS
from trackimmo.models import DailyRun, Dispatch, DispatchKind


@admin.register(DailyRun)
class DailyRunAdmin(RecordAdmin):
    """The days that were worked on for the staff's organization."""

    list_display = ["day", "reminders", "reports", "created_at", "finished_at"]
    list_filter = [("finished_at", admin.EmptyFieldListFilter)]
    fields = ["day", "reminders", "reports", "created_at", "finished_at"]
    readonly_fields = ["reminders", "reports"]
    date_hierarchy = "day"
    sortable_by = ()
    list_per_page = 31

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyRun]:
        """With the counts of each, of the page's runs only."""
        runs: QuerySet[DailyRun] = super().get_queryset(request)
        return runs.annotate(
            reminder_count=_count_of(DispatchKind.REMINDER), report_count=_count_of(DispatchKind.REPORT)
        )

    @admin.display(description="reminders")
    def reminders(self, run: Any) -> SafeString:  # noqa: ANN401 -- with the annotations of get_queryset
        """How many clients were told that their report comes, and which."""
        return _link(run, DispatchKind.REMINDER, run.reminder_count)

    @admin.display(description="reports")
    def reports(self, run: Any) -> SafeString:  # noqa: ANN401 -- with the annotations of get_queryset
        """For how many clients a job was opened, and which."""
        return _link(run, DispatchKind.REPORT, run.report_count)


@admin.register(Dispatch)
class DispatchAdmin(RecordAdmin):
    """Which client of the staff's organization was seen to in which month."""

    list_display = ["client", "kind", "due_on", "job_state", "run", "created_at"]
    list_select_related = ["client", "job", "run"]
    list_filter = [("client", AutocompleteSelectFilter), "kind"]
    list_filter_submit = True
    search_fields = ["client__email__istartswith", "client__last_name__istartswith"]
    search_help_text = "The beginning of a client's e-mail address or last name"
    fields = ["client", "kind", "month", "due_on", "run", "job", "created_at"]
    sortable_by = ()

    @display(description="job", empty_value="-", label=COLOURS)  # type: ignore[untyped-decorator]
    def job_state(self, dispatch: Dispatch) -> str | None:
        """How the report's job stands."""
        return dispatch.job.status if dispatch.job else None


def _count_of(kind: DispatchKind) -> Coalesce:
    dispatches = Dispatch.objects.filter(run=OuterRef("pk"), kind=kind).order_by().values("run").annotate(n=Count("pk"))
    return Coalesce(Subquery(dispatches.values("n"), output_field=IntegerField()), 0)


def _link(run: DailyRun, kind: DispatchKind, count: int) -> SafeString:
    query = urlencode({"run__id__exact": run.pk, "kind__exact": kind.value})
    path = reverse("admin:trackimmo_dispatch_changelist")
    return link(f"{path}?{query}", f"{count:,}")
