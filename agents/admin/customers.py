"""Customers in the admin."""

from functools import partial
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from agents.admin.base import ServedAdmin, ServedForm, Services, changelist, staff_actor
from agents.admin.bulk import chosen, tell_result
from agents.admin.confirming import asked_before
from agents.admin.declining import each_declines
from agents.admin.filters import EVERYTHING, ConvertedFilter, DaysFilter, matching
from agents.admin.objects import ObjectField
from agents.admin.tables import asked_once, callbacks_table, calls_table, moment_cell
from agents.models import Call, Callback, Customer, InterestLevel
from agents.services.customers import create_customer, delete_customer, update_customer
from core.phones import LONGEST_TEXT, PhoneInvalid, e164

COLOURS: Final = {
    InterestLevel.COLD: "",
    InterestLevel.WARM: "info",
    InterestLevel.HOT: "warning",
    InterestLevel.CONVERTED: "success",
}


class CustomerForm(ServedForm):
    """A customer, whose phone number may be written in any way."""

    phone_number = forms.CharField(
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextInputWidget,
        help_text="With + and the country code, as in +33 6 12 34 56 78.",
    )
    preferences = ObjectField()

    class Meta:
        model = Customer
        fields: ClassVar[list[str]] = []

    def clean_phone_number(self) -> str:
        """As it is kept."""
        try:
            return e164(self.cleaned_data["phone_number"])
        except PhoneInvalid as error:
            raise forms.ValidationError([words for said in error.fields.values() for words in said]) from error


@admin.register(Customer)
class CustomerAdmin(ServedAdmin):
    """The customers of the organization's AI agents."""

    form = CustomerForm
    services = Services("customer_id", create_customer, update_customer, delete_customer)
    goes_along, column = (Callback, Call), "customer"
    list_display = [
        *("who", "phone_number", "agent", "interest", "may_be_called", "total_calls", "called_last"),
        *("called_next",),
    ]
    list_select_related = ["agent"]
    list_filter = [
        "interest_level",
        ConvertedFilter,
        "do_not_call",
        "call_preference_time",
        ("agent", AutocompleteSelectFilter),
        ("next_followup", DaysFilter),
    ]
    list_filter_submit = True
    ordering = ["-created_at", "id"]
    # What an index gives in this order. Of hundreds of thousands, nobody waits for another.
    sortable_by = ("called_next",)
    search_fields = ["search_text"]
    search_help_text = "Part of a name, an e-mail address or a phone number"
    autocomplete_fields = ["agent"]
    actions = ["do_not_call_any_more"]
    fieldsets = [
        (None, {"fields": ["agent", "phone_number", "name", "email"]}),
        ("Calling", {"fields": ["interest_level", "call_preference_time", "communication_style", "do_not_call"]}),
        ("What is known", {"fields": ["preferences", "notes"]}),
        ("Callbacks", {"fields": ["next_followup", "callbacks"], "classes": ["tab"]}),
        ("Calls", {"fields": ["total_calls", "last_call_at", "calls"], "classes": ["tab"]}),
        ("Dates", {"fields": ["converted_at", "created_at", "updated_at"], "classes": ["tab"]}),
    ]
    readonly_fields = [
        *("next_followup", "callbacks", "total_calls", "last_call_at", "calls"),
        *("converted_at", "created_at", "updated_at"),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Customer | None = None) -> Any:  # noqa: ANN401
        """A customer stays with his AI agent: his calls are its own."""
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "agent"] if obj else fields

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """As the API's `search`."""
        return matching(queryset, search_term), False

    @admin.display(description="name")
    def who(self, customer: Customer) -> str:
        """The name, or the number of somebody without one."""
        return str(customer)

    @display(description="interest", label=COLOURS)  # type: ignore[untyped-decorator]
    def interest(self, customer: Customer) -> tuple[str, str]:
        """How near to a purchase, in colour."""
        return customer.interest_level, customer.get_interest_level_display()

    @admin.display(description="last call")
    def called_last(self, customer: Customer) -> SafeString:
        """When the last of his calls began."""
        return moment_cell(customer.last_call_at)

    @admin.display(description="next follow-up", ordering="next_followup")
    def called_next(self, customer: Customer) -> SafeString:
        """When his earliest open callback is."""
        return moment_cell(customer.next_followup)

    @admin.display(description="may be called", boolean=True)
    def may_be_called(self, customer: Customer) -> bool:
        """Whether he has not asked for the contrary."""
        return not customer.do_not_call

    @admin.display(description="callbacks")
    @asked_once
    def callbacks(self, customer: Customer) -> SafeString:
        """When he is called next, and when he was to be."""
        return callbacks_table(
            customer.callbacks.all(),
            of_one=True,
            all_at=changelist(Callback, customer__id__exact=customer.pk, when=EVERYTHING),
        )

    @admin.display(description="calls")
    @asked_once
    def calls(self, customer: Customer) -> SafeString:
        """What was said."""
        return calls_table(customer.calls.all(), of_one=True, all_at=changelist(Call, customer__id__exact=customer.pk))

    @admin.action(description="Do not call the selected customers any more", permissions=["change"])
    @asked_before("The callbacks that wait for them are cancelled, and stay so whatever is set later.")
    def do_not_call_any_more(self, request: HttpRequest, queryset: QuerySet[Customer]) -> None:
        """Set it for each, which calls off what was planned for him."""
        tell_result(self, request, partial(each_declines, chosen(queryset), by=staff_actor(request)))
