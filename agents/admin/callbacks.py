"""Callbacks in the admin."""

from datetime import UTC, datetime
from functools import partial
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from agents.admin.base import ServedAdmin, ServedForm, Services, changelist, staff_actor
from agents.admin.bulk import chosen, tell_result
from agents.admin.confirming import asked_before
from agents.admin.filters import EVERYTHING, DaysFilter, PriorityFilter, WhenFilter, of_customers, when_asked
from agents.admin.tables import asked_once, calls_table, in_words, moment_cell, shown_moment, standing
from agents.models import OPEN, SLOT, AIAgent, Call, Callback, CallbackStatus
from agents.services.bulk import cancel_callbacks, complete_callbacks, reschedule_callbacks
from agents.services.callbacks import delete_callback, schedule_callback, update_callback
from agents.services.scheduling.hours import Hours

COLOURS: Final = {
    CallbackStatus.SCHEDULED: "info",
    CallbackStatus.RESCHEDULED: "info",
    CallbackStatus.IN_PROGRESS: "warning",
    CallbackStatus.COMPLETED: "success",
    CallbackStatus.CANCELLED: "",
    "overdue": "danger",
}
ENDS: Final = (CallbackStatus.IN_PROGRESS, CallbackStatus.COMPLETED, CallbackStatus.CANCELLED)
TIME: Final = "scheduled_datetime"
BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
STILL_OPEN_TO_CHANGE: Final = ("notes", "outcome")


class CallbackForm(ServedForm):
    """A callback. It waits once it has a time; all else that may become of it can be chosen."""

    class Meta:
        model = Callback
        fields: ClassVar[list[str]] = []

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 -- Django's own
        super().__init__(*arguments, **options)
        if status := self.fields.get("status"):
            now, *ends = (CallbackStatus(value) for value in dict.fromkeys((self.instance.status, *ENDS)))
            status.choices = [(value, value.label) for value in (now, *ends)]  # type: ignore[attr-defined]
        if self.instance._state.adding:
            self._explain_time("In UTC, within the working hours of the customer's AI agent.")
        else:
            self._explain_time(_hours_in_words(self.instance.agent))

    def clean(self) -> dict[str, Any]:
        """As others; once it is known who is called, his agent's hours are, too."""
        said = super().clean()
        if customer := said.get("customer"):
            self._explain_time(_hours_in_words(customer.agent))
        return said

    def _explain_time(self, words: str) -> None:
        if TIME in self.fields:
            self[TIME].help_text = words


@admin.register(Callback)
class CallbackAdmin(ServedAdmin):
    """The callbacks of the organization's AI agents: booked, moved, completed and cancelled."""

    form = CallbackForm
    services = Services("callback_id", schedule_callback, update_callback, delete_callback)
    list_display = ["time", "on_its_clock", "customer", "agent", "state", "priority_level", "reason"]
    list_filter = [
        WhenFilter,
        "status",
        PriorityFilter,
        ("agent", AutocompleteSelectFilter),
        ("scheduled_datetime", DaysFilter),
    ]
    list_filter_submit = True
    # What an index gives in this order. Of hundreds of thousands, nobody waits for another.
    sortable_by = ("time",)
    search_fields = ["customer__search_text"]  # of_customers looks for it
    search_help_text = "Part of the customer's name, e-mail address or phone number"
    autocomplete_fields = ["customer"]
    actions = ["complete", "cancel", "reschedule"]
    fieldsets = [
        (None, {"fields": ["customer", "agent", "scheduled_datetime", "on_its_clock", "status", "priority_level"]}),
        ("What for", {"fields": ["reason", "expected_outcome", "notes", "outcome"]}),
        ("Calls", {"fields": ["calls"], "classes": ["tab"]}),
        (
            "Dates",
            {
                "fields": [
                    *("reschedule_count", "started_at", "completed_at", "cancelled_at"),
                    *("reminded_at", "overdue_at", "created_at", "updated_at"),
                ],
                "classes": ["tab"],
            },
        ),
    ]
    add_fieldsets = [
        (None, {"fields": ["customer", "scheduled_datetime", "priority_level"]}),
        ("What for", {"fields": ["reason", "expected_outcome", "notes"]}),
    ]
    readonly_fields = [
        *("agent", "on_its_clock", "calls", "reschedule_count", "started_at", "completed_at", "cancelled_at"),
        *("reminded_at", "overdue_at", "created_at", "updated_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Callback]:
        """With whom and whose it is, which its name and its page tell."""
        callbacks: QuerySet[Callback] = super().get_queryset(request)
        return callbacks.select_related("customer", "agent")

    def get_ordering(self, request: HttpRequest) -> tuple[str, str]:
        """What is to be done begins with what is due first, and so what is overdue; history with the newest."""
        return (TIME if when_asked(request) != EVERYTHING else f"-{TIME}", "id")

    def get_fieldsets(self, request: HttpRequest, obj: Callback | None = None) -> Any:  # noqa: ANN401
        """Of a new one only what can be said of it."""
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Callback | None = None) -> Any:  # noqa: ANN401
        """It stays with its customer, and once it has ended only notes and outcome can be changed."""
        fixed = [*super().get_readonly_fields(request, obj)]
        if obj is None:
            return fixed
        if obj.status in OPEN:
            return [*fixed, "customer"]
        said = [name for _, options in self.fieldsets for name in options["fields"]]
        return [name for name in said if name not in STILL_OPEN_TO_CHANGE]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Callback], search_term: str
    ) -> tuple[QuerySet[Callback], bool]:
        """Those of the customers that the API's `search` finds."""
        return of_customers(queryset, search_term), False

    @admin.display(description="time", ordering=TIME)
    def time(self, callback: Callback) -> SafeString:
        """When it is, in UTC."""
        return moment_cell(callback.scheduled_datetime)

    @admin.display(description="on the agent's clock")
    def on_its_clock(self, callback: Callback) -> str:
        """When that is where the agent works."""
        at = callback.scheduled_datetime.astimezone(callback.agent.zone)
        return f"{at:%a %H:%M}"

    @display(description="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, callback: Callback) -> tuple[str, str]:
        """The status in colour, or that its time has gone by."""
        stands = standing(callback)
        return stands, in_words(stands)

    @admin.display(description="calls")
    @asked_once
    def calls(self, callback: Callback) -> SafeString:
        """What it led to."""
        return calls_table(callback.calls.all(), of_one=True, all_at=changelist(Call, callback__id__exact=callback.pk))

    @admin.action(description="Complete the selected callbacks", permissions=["change"])
    @asked_before("What is completed stays completed: only its notes and its outcome can be changed then.")
    def complete(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        """As the API's bulk action."""
        tell_result(self, request, lambda: complete_callbacks(choice=chosen(queryset), by=staff_actor(request)))

    @admin.action(description="Cancel the selected callbacks", permissions=["change"])
    @asked_before("What is cancelled stays cancelled: only its notes and its outcome can be changed then.")
    def cancel(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        """As the API's bulk action."""
        tell_result(self, request, lambda: cancel_callbacks(choice=chosen(queryset), by=staff_actor(request)))

    @admin.action(description="Move the selected callbacks to free slots from now on", permissions=["change"])
    def reschedule(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        """As the API's bulk action, and say where they went."""
        act = partial(
            reschedule_callbacks, choice=chosen(queryset), by=staff_actor(request), new_datetime=_next_quarter()
        )
        result = tell_result(self, request, act)
        places = sorted(str(one.more["to"]) for one in result.results if "to" in one.more) if result else []
        if places:
            ends = (shown_moment(datetime.fromisoformat(place)) for place in (places[0], places[-1]))
            self.message_user(request, f"The new times: {' to '.join(dict.fromkeys(ends))} UTC.")


def _hours_in_words(agent: AIAgent) -> SafeString:
    clock, hours = f"{now().astimezone(agent.zone):%H:%M}", Hours.of(agent).spoken
    return format_html("In UTC. {} works from {}: it is {} there now.", agent.name, hours, clock)


def _next_quarter() -> datetime:
    """When the next quarter of an hour begins: agents' hours and callbacks mostly do at one."""
    moment = now()
    return moment - (moment - BEGINNING) % SLOT + SLOT
