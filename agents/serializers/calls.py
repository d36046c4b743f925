"""Calls, as they are taken down and as they are answered."""

from typing import Any, Final

from rest_framework import serializers

from agents.models import CallDirection, CallOutcome, CallStatus, InterestLevel
from agents.selectors.calls import ORDERS
from agents.serializers.base import AnsweredBody, ListQuery, OfOneCustomer, OrderingField
from agents.serializers.fields import WordField
from core.fields import IdField, TextField, WholeNumberField
from core.moments import InstantField, MomentField
from core.phones import PhoneField

LONGEST_NOTES: Final = 20_000
MOST_SECONDS: Final = 24 * 3600
# Nobody has to say what came of a call.
OUTCOMES: Final = ["", *CallOutcome.values]
INTERESTS: Final = ["", *InterestLevel.values]
ONE_OF_THEM: Final = "Give either customer_id or customer_phone."
SET_BY_SERVER: Final = frozenset({"id", "created_at", "updated_at"})


class CallsQuery(ListQuery):
    """Which calls to list."""

    customer_id = serializers.UUIDField(required=False)
    callback_id = serializers.UUIDField(required=False)
    status = WordField(choices=CallStatus.choices, required=False)
    direction = WordField(choices=CallDirection.choices, required=False)
    outcome = WordField(choices=CallOutcome.choices, required=False)
    started_from = MomentField(help_text="ISO date or time, itself in.")
    started_to = MomentField(end=True, help_text="ISO date or time, itself in: the whole of a day.")
    ordering = OrderingField([*ORDERS], default="-started_at")


class CallWords(serializers.Serializer[Any]):
    """What is said of a call, whether it is new or not."""

    status = WordField(choices=CallStatus.choices, required=False)
    outcome = WordField(choices=OUTCOMES, allow_blank=True, required=False, help_text="Only of a completed call.")
    interest_level = WordField(
        choices=INTERESTS,
        allow_blank=True,
        required=False,
        help_text="The customer's afterwards; unless it is given, the outcome moves it.",
    )
    ended_at = InstantField(allow_null=True, required=False, help_text="At most 24 hours after the start.")
    duration_seconds = WholeNumberField(min_value=0, max_value=MOST_SECONDS, allow_null=True, required=False)
    notes = TextField(max_length=LONGEST_NOTES, allow_blank=True, required=False)


class CallIn(CallWords, OfOneCustomer):
    """A call of a customer with `customer_id`, or with `customer_phone`, who may be new. Completed unless told."""

    set_by_server = SET_BY_SERVER
    not_one = {"customer_id": [ONE_OF_THEM], "customer_phone": [ONE_OF_THEM]}

    agent_id = IdField(required=False, help_text="The customer's; of a phone number, one's own last one.")
    customer_id = IdField(required=False)
    customer_phone = PhoneField(required=False)
    customer_name = TextField(max_length=200, allow_blank=True, required=False, help_text="Of a new customer.")
    callback_id = IdField(
        required=False, allow_null=True, help_text="The customer's callback that it is made for, which goes on with it."
    )
    direction = WordField(choices=CallDirection.choices, required=False)
    started_at = InstantField(
        allow_null=True, required=False, help_text="Unless told: the end, or now, less the duration."
    )


class CallChangesIn(CallWords, AnsweredBody):
    """How a call that is in progress ends, or notes. What was said when it began may come along, as it is."""

    set_by_server = SET_BY_SERVER

    agent_id = IdField(required=False, help_text="Cannot be changed.")
    customer_id = IdField(required=False, help_text="Cannot be changed.")
    customer_phone = PhoneField(required=False, help_text="Cannot be changed.")
    callback_id = IdField(required=False, allow_null=True, help_text="Cannot be changed.")
    direction = WordField(choices=CallDirection.choices, required=False, help_text="Cannot be changed.")
    started_at = InstantField(required=False, help_text="Cannot be changed.")


class CallOut(serializers.Serializer[Any]):
    """A call. Times are UTC, to the second."""

    id = serializers.UUIDField()
    agent_id = serializers.UUIDField()
    customer_id = serializers.UUIDField()
    customer_phone = serializers.CharField()
    callback_id = serializers.UUIDField(allow_null=True)
    direction = serializers.ChoiceField(choices=CallDirection.choices)
    status = serializers.ChoiceField(choices=CallStatus.choices)
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    interest_level = serializers.ChoiceField(choices=INTERESTS)
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    duration_seconds = serializers.IntegerField()
    notes = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    class Meta:
        ref_name = "Call"


class CallDoneOut(serializers.Serializer[Any]):
    """What was done, and the call, under both names."""

    message = serializers.CharField()
    data = CallOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    call = CallOut()
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "CallDone"


class CallsSummaryOut(serializers.Serializer[Any]):
    """How many match, by status."""

    in_progress = serializers.IntegerField()
    completed = serializers.IntegerField()
    no_answer = serializers.IntegerField()
    busy = serializers.IntegerField()
    failed = serializers.IntegerField()

    class Meta:
        ref_name = "CallsSummary"


class CallsOut(serializers.Serializer[Any]):
    """A part of the calls."""

    items = CallOut(many=True)
    total_count = serializers.IntegerField()
    summary = CallsSummaryOut()

    class Meta:
        ref_name = "Calls"
