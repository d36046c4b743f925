"""Clients in the admin."""

from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from config.admin_tables import ServiceAdmin, link
from trackimmo import services
from trackimmo.admin.base import RuledForm
from trackimmo.admin.jobs import COLOURS
from trackimmo.errors import ClientUnavailable
from trackimmo.models import Assignment, City, Client, ClientStatus, ProcessingJob, PropertyType
from trackimmo.services.clients import missing_for_active

JOBS_SHOWN: Final = 5


class ClientForm(RuledForm):
    """A client, with a box to tick for each property type."""

    property_type_preferences = forms.MultipleChoiceField(
        choices=PropertyType.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, required=False
    )

    class Meta:
        model = Client
        # The admin names the fields when it makes a form, within a scope: the choice of cities needs one.
        fields: ClassVar[list[str]] = []

    def clean(self) -> dict[str, Any]:
        """An active client needs what he is served by."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        cities, types = said.get("chosen_cities"), said.get("property_type_preferences")
        if said.get("status") == ClientStatus.ACTIVE and cities is not None and types is not None:
            for field, words in missing_for_active(cities=cities, types=types).items():
                self.add_error(field, words)
        return said


@admin.register(Client)
class ClientAdmin(ServiceAdmin):
    """The clients of the staff's organization: set up, edited, and processed out of turn."""

    form = ClientForm
    list_display = ["full_name", "email", "state", "subscription_type", "send_day", "cities", "given", "last_job"]
    list_filter = [
        "status",
        "subscription_type",
        "send_day",
        "language",
        ("unsubscribed_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["first_name", "last_name", "email"]
    autocomplete_fields = ["chosen_cities"]
    fields = [
        "first_name",
        "last_name",
        "email",
        "language",
        "status",
        "subscription_type",
        "chosen_cities",
        "property_type_preferences",
        "addresses_per_report",
        "send_day",
        "unsubscribed_at",
        "given",
        "last_jobs",
        "welcomed_at",
        "created_at",
        "updated_at",
    ]
    readonly_fields = ["given", "last_jobs", "welcomed_at", "created_at", "updated_at"]
    show_full_result_count = False
    actions = ["process", "deactivate"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        """With what the list tells of each, read in the same query, and of the page's clients only."""
        given = Assignment.objects.filter(client=OuterRef("pk")).order_by().values("client").annotate(n=Count("pk"))
        chosen = City.objects.filter(clients=OuterRef("pk")).order_by().values("clients").annotate(n=Count("pk"))
        newest = ProcessingJob.objects.filter(client=OuterRef("pk")).order_by("-created_at")
        clients: QuerySet[Client] = super().get_queryset(request)
        return clients.annotate(
            given_count=Coalesce(Subquery(given.values("n")), 0),
            city_count=Coalesce(Subquery(chosen.values("n")), 0),
            last_job_status=Subquery(newest.values("status")[:1]),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        """Staff's, for a client made by mistake. Others are deactivated, and `erase_client` forgets a person."""
        is_unused = obj is not None and not obj.assignments.exists() and not obj.jobs.exists()
        return is_unused and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Client, form: "forms.ModelForm[Client]", change: bool) -> None:  # noqa: FBT001
        """Create him, or change what was changed."""
        said = {name: form.cleaned_data[name] for name in form.changed_data}
        if "chosen_cities" in said:
            said["chosen_cities"] = [city.pk for city in said["chosen_cities"]]
        saved = services.update_client(client_id=obj.pk, **said) if change else services.create_client(**said)
        obj.__dict__.update(saved.__dict__)

    @admin.display(description="name", ordering="last_name")
    def full_name(self, client: Client) -> str:
        """First and last name."""
        return client.full_name

    @display(description="status", ordering="status", label={ClientStatus.ACTIVE: "success"})  # type: ignore[untyped-decorator]
    def state(self, client: Client) -> str:
        """The status, in colour."""
        return client.status

    @admin.display(description="cities")
    def cities(self, client: Any) -> int:  # noqa: ANN401 -- with the annotations of get_queryset
        """How many cities he has chosen."""
        return int(client.city_count)

    @admin.display(description="given")
    def given(self, client: Any) -> int:  # noqa: ANN401 -- with the annotations of get_queryset
        """How many properties he has been given."""
        return int(getattr(client, "given_count", 0))

    @display(description="last job", empty_value="-", label=COLOURS)  # type: ignore[untyped-decorator]
    def last_job(self, client: Any) -> str | None:  # noqa: ANN401 -- with the annotations of get_queryset
        """How his newest job stands."""
        return getattr(client, "last_job_status", None)

    @admin.display(description="last jobs")
    def last_jobs(self, client: Client) -> SafeString | str:
        """His newest jobs, to open."""
        newest = ProcessingJob.objects.filter(client=client).order_by("-created_at")[:JOBS_SHOWN]
        rows = (
            (
                link(
                    reverse("admin:trackimmo_processingjob_change", args=[job.pk]), f"{job.created_at:%Y-%m-%d %H:%M}"
                ),
                job.status,
            )
            for job in newest
        )
        return format_html_join(mark_safe("<br>"), "{} {}", rows) or "-"

    @admin.action(description="Process the selected clients now", permissions=["change"])
    def process(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Start a job for each active one; the others are left alone."""
        started = in_progress = inactive = 0
        for pk in list(queryset.values_list("pk", flat=True)):
            try:
                _, is_new = services.start_processing(client_id=pk)
            except ClientUnavailable:
                inactive += 1
            else:
                started, in_progress = started + is_new, in_progress + (not is_new)
        words = f"{started} started, {in_progress} already in progress, {inactive} not active."
        self.message_user(request, words, messages.SUCCESS if started else messages.WARNING)

    @admin.action(description="Deactivate the selected clients", permissions=["change"])
    def deactivate(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Make them inactive; jobs of theirs that wait end."""
        selected = list(queryset.values_list("pk", "status"))
        others = [pk for pk, status in selected if status != ClientStatus.INACTIVE]
        for pk in others:
            services.deactivate_client(client_id=pk)
        words = f"{len(others)} deactivated, {len(selected) - len(others)} inactive already."
        self.message_user(request, words, messages.SUCCESS if others else messages.WARNING)
