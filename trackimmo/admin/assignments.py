"""Assignments in the admin."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.widgets import UnfoldAdminTextareaWidget

from trackimmo import services
from trackimmo.admin.base import LargeTableAdmin, RuledForm, euros
from trackimmo.models import Assignment
from trackimmo.serializers.assignments import LONGEST_NOTES


class AssignmentForm(RuledForm):
    """How far the client got."""

    notes = forms.CharField(max_length=LONGEST_NOTES, required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = Assignment
        fields: ClassVar[list[str]] = []


@admin.register(Assignment)
class AssignmentAdmin(LargeTableAdmin):
    """What clients of the staff's organization were given. Jobs assign; people note what became of it."""

    form = AssignmentForm
    list_display = ["property", "city", "client", "status", "sale_date", "price", "send_date"]
    list_select_related = ["property__city", "client"]
    list_filter = [("client", AutocompleteSelectFilter), "status"]
    list_filter_submit = True
    ordering = ["-send_date"]
    sortable_by = ()
    search_fields = ["client__email__istartswith", "client__last_name__istartswith"]
    search_help_text = "The beginning of a client's e-mail address or last name"
    fields = ["client", "property", "city", "sale_date", "price", "job", "send_date", "status", "notes"]
    readonly_fields = ["client", "property", "city", "sale_date", "price", "job", "send_date"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody's: the draw assigns."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Assignment | None = None) -> bool:
        """Nobody's: what was sent was sent, and must not be sent again."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: Assignment,
        form: "forms.ModelForm[Assignment]",
        change: bool,  # noqa: FBT001 -- Django's own signature
    ) -> None:
        """Note what was changed."""
        noted = {name: form.cleaned_data[name] for name in form.changed_data}
        services.note_assignment(client_id=obj.client_id, address_id=obj.property_id, **noted)

    @admin.display(description="city")
    def city(self, assignment: Assignment) -> str:
        """Where it was sold."""
        return assignment.property.city.name

    @admin.display(description="sold on")
    def sale_date(self, assignment: Assignment) -> object:
        """When it was sold."""
        return assignment.property.sale_date

    @admin.display(description="price")
    def price(self, assignment: Assignment) -> str:
        """For how much the whole sale went."""
        return euros(assignment.property.price)
