"""AI agents in the admin."""

from collections.abc import Callable
from datetime import time
from functools import partial
from typing import ClassVar, Final

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from agents.admin.base import ServedAdmin, ServedForm, Services, changelist, staff_actor
from agents.admin.bulk import chosen, tell_result
from agents.admin.confirming import asked_before
from agents.admin.filters import EVERYTHING, QuietFilter, TrainingFilter
from agents.admin.objects import ObjectField
from agents.admin.tables import asked_once, callbacks_table, calls_table, customers_table, moment_cell
from agents.models import AgentStatus, AIAgent, Call, Callback, Customer
from agents.selectors.agents import named
from agents.services.agents import create_agent, update_agent
from agents.services.bulk import BulkResult, activate_agents, pause_agents, reset_training
from agents.services.erasing import delete_agent

COLOURS: Final = {
    AgentStatus.ACTIVE: "success",
    AgentStatus.LEARNING: "success",
    AgentStatus.TRAINING: "info",
    AgentStatus.OPTIMIZING: "warning",
    AgentStatus.PAUSED: "danger",
}


class AgentForm(ServedForm):
    """An AI agent, checked as the API checks it."""

    business_info = ObjectField()
    sales_goals = ObjectField(help_text="target_conversions is what statistics measure by.")

    class Meta:
        model = AIAgent
        fields: ClassVar[list[str]] = []

    def _get_validation_exclusions(self) -> set[str]:
        """Also the hours' end: the service says in the API's words, and at this field, what is wrong with hours."""
        return {*super()._get_validation_exclusions(), "working_hours_end"}  # type: ignore[misc]  # not in the stubs

    def clean_working_hours_start(self) -> time:
        """In whole minutes."""
        return whole_minute(self.cleaned_data["working_hours_start"])

    def clean_working_hours_end(self) -> time:
        """In whole minutes."""
        return whole_minute(self.cleaned_data["working_hours_end"])


@admin.register(AIAgent)
class AIAgentAdmin(ServedAdmin):
    """The AI agents of the staff's organization: set up, started, paused and deleted."""

    form = AgentForm
    services = Services("agent_id", create_agent, update_agent, delete_agent)
    goes_along, column = (Customer, Callback, Call), "agent"
    list_display = [
        *("name", "state", "training_level", "ready", "owner", "assigned_to", "total_calls", "conversions"),
        "called_last",
    ]
    list_select_related = ["owner", "assigned_to"]
    list_filter = [
        "status",
        TrainingFilter,
        QuietFilter,
        "personality_type",
        ("owner", AutocompleteSelectFilter),
        ("assigned_to", AutocompleteSelectFilter),
    ]
    list_filter_submit = True
    ordering = ["-created_at", "id"]
    search_fields = ["name", "owner__email", "assigned_to__email"]
    search_help_text = "Part of a name, or of the e-mail address of its owner or of whoever looks after it"
    autocomplete_fields = ["owner", "assigned_to"]
    actions = ["activate", "pause", "reset_training"]
    fieldsets = [
        (None, {"fields": ["name", "status", "training_level", "ready", "owner", "assigned_to"]}),
        ("Hours", {"fields": ["timezone", "working_hours_start", "working_hours_end", "max_daily_calls"]}),
        (
            "What it says",
            {"fields": ["personality_type", "voice_model", "business_info", "sales_goals", "initial_script"]},
        ),
        ("Callbacks", {"fields": ["callbacks"], "classes": ["tab"]}),
        ("Calls", {"fields": ["total_calls", "successful_calls", "last_call_at", "calls"], "classes": ["tab"]}),
        ("Customers", {"fields": ["conversions", "customers"], "classes": ["tab"]}),
        ("Dates", {"fields": ["created_by", "created_at", "updated_at"], "classes": ["tab"]}),
    ]
    readonly_fields = [
        *("ready", "callbacks", "calls", "customers", "total_calls", "successful_calls", "conversions"),
        *("last_call_at", "created_by", "created_at", "updated_at"),
    ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AIAgent], search_term: str
    ) -> tuple[QuerySet[AIAgent], bool]:
        """Names as the API's `search` finds them, and addresses."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        part = search_term.strip()
        return (found | queryset.filter(named(part)) if part else found), has_duplicates

    @display(description="status", ordering="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, agent: AIAgent) -> tuple[str, str]:
        """The status, in colour."""
        return agent.status, agent.get_status_display()

    @admin.display(description="ready", boolean=True)
    def ready(self, agent: AIAgent) -> bool:
        """Whether it may call now."""
        return agent.is_ready_for_calls

    @admin.display(description="last call", ordering="last_call_at")
    def called_last(self, agent: AIAgent) -> SafeString:
        """When the last of its calls began."""
        return moment_cell(agent.last_call_at)

    @admin.display(description="callbacks")
    @asked_once
    def callbacks(self, agent: AIAgent) -> SafeString:
        """What it is to do next."""
        return callbacks_table(
            agent.callbacks.all(), all_at=changelist(Callback, agent__id__exact=agent.pk, when=EVERYTHING)
        )

    @admin.display(description="calls")
    @asked_once
    def calls(self, agent: AIAgent) -> SafeString:
        """What it has done."""
        return calls_table(agent.calls.all(), all_at=changelist(Call, agent__id__exact=agent.pk))

    @admin.display(description="customers")
    @asked_once
    def customers(self, agent: AIAgent) -> SafeString:
        """Whom it calls."""
        return customers_table(agent.customers.all(), all_at=changelist(Customer, agent__id__exact=agent.pk))

    @admin.action(description="Activate the selected AI agents", permissions=["change"])
    def activate(self, request: HttpRequest, queryset: QuerySet[AIAgent]) -> None:
        """As the API's bulk action."""
        self._act(activate_agents, request, queryset)

    @admin.action(description="Pause the selected AI agents", permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[AIAgent]) -> None:
        """As the API's bulk action."""
        self._act(pause_agents, request, queryset)

    @admin.action(description="Train the selected AI agents from the beginning", permissions=["change"])
    @asked_before("They lose what training they have, and call nobody before they are trained again.")
    def reset_training(self, request: HttpRequest, queryset: QuerySet[AIAgent]) -> None:
        """As the API's bulk action."""
        self._act(reset_training, request, queryset)

    def _act(self, act: Callable[..., BulkResult], request: HttpRequest, queryset: QuerySet[AIAgent]) -> None:
        tell_result(self, request, partial(act, choice=chosen(queryset), by=staff_actor(request)))


def whole_minute(at: time) -> time:
    """Raises ValidationError for a time of the day that is none."""
    if at.second or at.microsecond:
        raise ValidationError("Must be a whole minute.")
    return at
