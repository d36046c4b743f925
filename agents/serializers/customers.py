"""Customers, as they are written down and as they are answered."""

from typing import Any, Final

from rest_framework import serializers

from agents.models import CallPreference, InterestLevel
from agents.selectors.customers import HISTORY, ORDERS
from agents.serializers.base import AnsweredBody, ListQuery, OrderingField
from agents.serializers.callbacks_out import CallbackOut
from agents.serializers.calls import CallOut
from agents.serializers.fields import ObjectField, WordField
from core.fields import IdField, TextField, YesNoField
from core.moments import MomentField
from core.phones import PhoneField, PhoneParameter
from core.serializers import ChangesIn

LONGEST_NOTES: Final = 20_000
SET_BY_SERVER: Final = frozenset(
    {
        *("id", "converted", "converted_at", "total_calls", "last_call_at", "next_followup", "call_history"),
        *("callbacks", "created_at", "updated_at"),
    }
)


class CustomersQuery(ListQuery):
    """Which customers to list."""

    interest_level = WordField(choices=InterestLevel.choices, required=False)
    converted = serializers.BooleanField(required=False)
    do_not_call = serializers.BooleanField(required=False)
    call_preference_time = WordField(choices=CallPreference.choices, required=False)
    phone_number = PhoneParameter(required=False, help_text="The whole number.")
    search = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        help_text="Part of the name, the e-mail address or the phone number, whatever the case and accents.",
    )
    created_from = MomentField(help_text="ISO date or time, itself in.")
    created_to = MomentField(end=True, help_text="ISO date or time, itself in: the whole of a day.")
    followup_before = MomentField(help_text="Who is called back before that ISO date or time.")
    ordering = OrderingField([*ORDERS], default="-created_at")


class CustomerIn(AnsweredBody):
    """A customer. PUT sets what is left out to its default, but for interest_level and do_not_call."""

    set_by_server = SET_BY_SERVER

    agent_id = IdField(required=False, help_text="Whose customer; of several AI agents, one's own last one. It stays.")
    phone_number = PhoneField()
    name = TextField(max_length=200, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=254, allow_blank=True, required=False)
    interest_level = WordField(choices=InterestLevel.choices, required=False)
    call_preference_time = WordField(choices=CallPreference.choices, required=False)
    communication_style = TextField(max_length=50, allow_blank=True, required=False)
    preferences = ObjectField(required=False, help_text="At most 20,000 bytes. PATCH merges, and null removes.")
    notes = TextField(max_length=LONGEST_NOTES, allow_blank=True, required=False)
    do_not_call = YesNoField(required=False, help_text="true cancels the callbacks that wait.")


class CustomerChangesIn(ChangesIn, CustomerIn):
    """What to change of a customer; what is left out stays."""


class CustomerOut(serializers.Serializer[Any]):
    """A customer. Times are UTC, to the second."""

    id = serializers.UUIDField()
    agent_id = serializers.UUIDField()
    phone_number = serializers.CharField(help_text="E.164.")
    name = serializers.CharField(allow_blank=True)
    email = serializers.CharField(allow_blank=True)
    interest_level = serializers.ChoiceField(choices=InterestLevel.choices)
    call_preference_time = serializers.ChoiceField(choices=CallPreference.choices)
    communication_style = serializers.CharField(allow_blank=True)
    preferences = serializers.JSONField()
    notes = serializers.CharField(allow_blank=True)
    do_not_call = serializers.BooleanField()
    converted = serializers.BooleanField()
    converted_at = serializers.DateTimeField(allow_null=True)
    total_calls = serializers.IntegerField()
    last_call_at = serializers.DateTimeField(allow_null=True)
    next_followup = serializers.DateTimeField(allow_null=True, help_text="The earliest open callback.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    class Meta:
        ref_name = "Customer"


class CustomerDetailOut(CustomerOut):
    """A customer and what there was, and will be, to talk about."""

    call_history = CallOut(many=True, help_text=f"The last {HISTORY} calls.")
    callbacks = CallbackOut(many=True, help_text="The open ones, the earliest first.")

    class Meta:
        ref_name = "CustomerDetail"


class CustomerShownOut(serializers.Serializer[Any]):
    """A customer, under both names."""

    message = serializers.CharField()
    data = CustomerDetailOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    customer = CustomerDetailOut()
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "CustomerShown"


class CustomerDoneOut(serializers.Serializer[Any]):
    """What was done, and the customer, under both names."""

    message = serializers.CharField()
    data = CustomerOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    customer = CustomerOut()
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "CustomerDone"


class CustomersSummaryOut(serializers.Serializer[Any]):
    """How many match, by interest, and how many of them asked not to be called."""

    cold = serializers.IntegerField()
    warm = serializers.IntegerField()
    hot = serializers.IntegerField()
    converted = serializers.IntegerField()
    do_not_call = serializers.IntegerField()

    class Meta:
        ref_name = "CustomersSummary"


class CustomersOut(serializers.Serializer[Any]):
    """A part of the customers."""

    items = CustomerOut(many=True)
    total_count = serializers.IntegerField()
    summary = CustomersSummaryOut()

    class Meta:
        ref_name = "Customers"
