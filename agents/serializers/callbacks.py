"""Callbacks, as they are asked for, scheduled, changed and answered."""

from datetime import datetime
from typing import Any, Final

from rest_framework import serializers

from agents.models import CallbackStatus
from agents.selectors.callbacks import ORDERS
from agents.serializers.base import AnsweredBody, ListQuery, OfOneCustomer, OrderingField
from agents.serializers.fields import WordField
from core.fields import IdField, TextField, WholeNumberField
from core.moments import InstantField, MomentField
from core.phones import PhoneField
from core.serializers import ChangesIn

LONGEST_NOTES: Final = 20_000
WHOSE: Final = "Whose it is cannot be changed: only what it is."
SET_BY_SERVER: Final = frozenset(
    {
        *("id", "ends_at", "reschedule_count", "started_at", "completed_at", "cancelled_at", "is_overdue"),
        *("created_at", "updated_at"),
    }
)


class SlotField(InstantField):
    """When a slot begins, in whole seconds, as it is answered."""

    def to_internal_value(self, value: Any) -> datetime:  # noqa: ANN401 -- DRF's own signature
        """Without a fraction of a second. A day alone is no time."""
        if isinstance(value, str) and ":" not in value:
            self.fail("text")
        return super().to_internal_value(value).replace(microsecond=0)


class CallbacksQuery(ListQuery):
    """Which callbacks to list."""

    customer_id = serializers.UUIDField(required=False)
    status = WordField(choices=CallbackStatus.choices, required=False)
    priority_level = serializers.IntegerField(min_value=1, max_value=5, required=False)
    overdue = serializers.BooleanField(required=False, help_text="Whether it waits and its time has gone by.")
    today = serializers.BooleanField(required=False, help_text="Whether it is on today's date where its AI agent is.")
    date_from = MomentField(help_text="ISO date or time, itself in; without an offset it is UTC.")
    date_to = MomentField(end=True, help_text="ISO date or time, itself in: the whole of a day, or of a second.")
    search = serializers.CharField(
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="Part of the customer's name, e-mail or number, whatever the case and accents.",
    )
    ordering = OrderingField([*ORDERS], default="scheduled_datetime")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What asks something. No window ends before it begins."""
        since, until = attrs["date_from"], attrs["date_to"]
        if since and until and since >= until:
            raise serializers.ValidationError({"date_to": ["Is before date_from."]})
        return super().validate(attrs)


class CallbackIn(OfOneCustomer):
    """A callback to schedule, for the customer with `customer_id`, or with `customer_phone`, who may be new."""

    set_by_server = SET_BY_SERVER
    not_one = {"customer_phone": ["Give either this or customer_id."]}

    agent_id = IdField(required=False, help_text="The only AI agent if there is one, or the last one created.")
    customer_id = IdField(required=False)
    customer_phone = PhoneField(required=False)
    customer_name = TextField(max_length=200, allow_blank=True, required=False, help_text="Of a new customer.")
    scheduled_datetime = SlotField(help_text="When its 15 minutes begin; without an offset it is UTC.")
    reason = TextField(max_length=500, allow_blank=True, required=False)
    notes = TextField(max_length=LONGEST_NOTES, allow_blank=True, required=False)
    priority_level = WholeNumberField(min_value=1, max_value=5, required=False, help_text="5 is the most urgent.")
    expected_outcome = TextField(max_length=500, allow_blank=True, required=False)


class CallbackReplacementIn(AnsweredBody):
    """A callback anew. What is left out gets its default, but the time and the status, which stay."""

    set_by_server = SET_BY_SERVER

    agent_id = IdField(required=False, help_text=WHOSE)
    customer_id = IdField(required=False, help_text=WHOSE)
    customer_phone = PhoneField(required=False, help_text=WHOSE)
    customer_name = TextField(max_length=200, allow_blank=True, required=False, help_text=WHOSE)
    scheduled_datetime = SlotField(required=False, help_text="A new time makes it wait again, rescheduled.")
    status = WordField(choices=CallbackStatus.choices, required=False)
    reason = TextField(max_length=500, allow_blank=True, required=False)
    notes = TextField(max_length=LONGEST_NOTES, allow_blank=True, required=False)
    priority_level = WholeNumberField(min_value=1, max_value=5, required=False, help_text="5 is the most urgent.")
    expected_outcome = TextField(max_length=500, allow_blank=True, required=False)
    outcome = TextField(max_length=500, allow_blank=True, required=False, help_text="What came of it.")


class CallbackChangesIn(ChangesIn, CallbackReplacementIn):
    """What to change of a callback; what is left out stays."""
