"""Clients in the admin."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from config.admin import AuditedModelAdmin
from trackimmo import services
from trackimmo.admin.base import RuledForm
from trackimmo.admin.jobs import COLOURS
from trackimmo.models import Assignment, City, Client, ClientStatus, ProcessingJob, PropertyType


class ClientForm(RuledForm):
    """A client, with a box to tick for each property type."""

    property_type_preferences = forms.MultipleChoiceField(
        choices=PropertyType.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget, required=False
    )

    class Meta:
        model = Client
        # The admin names the fields when it makes a form, within a scope: the choice of cities needs one.
        fields: ClassVar[list[str]] = []


@admin.register(Client)
class ClientAdmin(AuditedModelAdmin):
    """The clients of the staff's organization: set up, edited, and processed out of turn."""

    form = ClientForm
    list_display = ["full_name", "email", "state", "subscription_type", "send_day", "cities", "given", "last_job"]
    list_filter = ["status", "subscription_type", "send_day", "language"]
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
        "given",
        "last_job",
        "created_at",
        "updated_at",
    ]
    readonly_fields = ["given", "last_job", "created_at", "updated_at"]
    show_full_result_count = False
    actions = ["process"]

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

    @admin.action(description="Process the selected clients now", permissions=["change"])
    def process(self, request: HttpRequest, queryset: QuerySet[Client]) -> None:
        """Start a job for each active one; the others are left alone."""
        selected = list(queryset.values_list("pk", "status"))
        active = [pk for pk, status in selected if status == ClientStatus.ACTIVE]
        started = sum(services.start_processing(client_id=pk)[1] for pk in active)
        in_progress, inactive = len(active) - started, len(selected) - len(active)
        words = f"{started} started, {in_progress} already in progress, {inactive} not active."
        self.message_user(request, words, messages.SUCCESS if started else messages.WARNING)
