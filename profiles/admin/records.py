"""Records in the admin."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from config.admin_tables import CappedAdmin, ServiceAdmin
from core.exporting import TooManyExports
from core.problems import problem_response
from profiles import services
from profiles.admin.filters import AgentFilter, filters_of, with_part_of_name
from profiles.models import LoggedOutProfile
from profiles.models.browser_profile import LONGEST_NAME
from profiles.models.logged_out_profile import LONGEST_REASON
from profiles.views.reports import csv_response


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A record: whose profile it was, and why."""

    agent_name = forms.CharField(max_length=LONGEST_NAME, widget=UnfoldAdminTextInputWidget)
    profile_name = forms.CharField(max_length=LONGEST_NAME, widget=UnfoldAdminTextInputWidget)
    reason = forms.CharField(
        max_length=LONGEST_REASON, required=False, empty_value=None, widget=UnfoldAdminTextareaWidget
    )

    class Meta:
        model = LoggedOutProfile
        fields: ClassVar[list[str]] = ["reason"]

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **options)
        if self.instance.pk:
            self.initial["agent_name"] = self.instance.profile.agent_name
            self.initial["profile_name"] = self.instance.profile.profile_name


@admin.register(LoggedOutProfile)
class LoggedOutProfileAdmin(CappedAdmin, ServiceAdmin):
    """The log of the staff's organization: to look through, correct, clean up, and take along."""

    form = RecordForm
    list_display = ["profile_of_it", "agent", "timestamp", "reason"]
    list_filter = [AgentFilter, "timestamp"]
    list_filter_submit = True
    list_select_related = ["profile"]
    list_before_template = "profiles/admin/export.html"
    ordering = ["-id"]
    sortable_by = ()
    search_fields = ["profile__agent_name"]  # with_part_of_name looks for it
    search_help_text = "Part of an agent's or a profile's name"
    fields = ["agent_name", "profile_name", "reason", "timestamp", "created_at", "updated_at"]
    readonly_fields = ["timestamp", "created_at", "updated_at"]

    def get_urls(self) -> list[URLPattern]:
        """The usual ones, and the export."""
        export = path("export/", self.admin_site.admin_view(self.export_view), name="profiles_loggedoutprofile_export")
        return [export, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoggedOutProfile]:
        """With the names: the page of one shows them, too."""
        records: QuerySet[LoggedOutProfile] = super().get_queryset(request)
        return records.select_related("profile")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LoggedOutProfile], search_term: str
    ) -> tuple[QuerySet[LoggedOutProfile], bool]:
        """As the API's `search`: the words as one part of a name."""
        part = search_term.strip()
        return (with_part_of_name(queryset, part) if part else queryset), False

    @admin.display(description="profile")
    def profile_of_it(self, record: LoggedOutProfile) -> str:
        """The profile's name."""
        return record.profile.profile_name

    @admin.display(description="agent")
    def agent(self, record: LoggedOutProfile) -> str:
        """The agent's name."""
        return record.profile.agent_name

    def save_model(self, request: HttpRequest, obj: Any, form: "forms.ModelForm[Any]", change: bool) -> None:  # noqa: ANN401, FBT001
        """Report it, or correct what was changed."""
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        row = services.update_record(record_id=obj.pk, **said) if change else services.report_logout(**said)
        obj.__dict__.update(LoggedOutProfile.objects.get(pk=row["id"]).__dict__)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete it."""
        services.delete_record(record_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[LoggedOutProfile]) -> None:
        """Delete those selected, at once."""
        ids: Sequence[int] = list(queryset.order_by().values_list("pk", flat=True))
        services.delete_records(ids=ids)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """What the list shows, all of it, for a spreadsheet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        filters = filters_of(request)
        if request.method == "HEAD":
            return csv_response(iter(()))
        try:
            return csv_response(services.export_csv(filters=filters, for_spreadsheet=True))
        except TooManyExports as error:
            return problem_response(request, error)
