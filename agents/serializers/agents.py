"""AI agents, as they are set up and as they are answered."""

from typing import Any, Final

from rest_framework import serializers

from agents.models import AgentStatus, Personality
from agents.models.validators import time_zone
from agents.selectors.agents import ORDERS
from agents.serializers.base import AnsweredBody, FilteredQuery, OrderingField
from agents.serializers.fields import ClockField, ObjectField, WordField
from core.fields import IdField, TextField, WholeNumberField
from core.serializers import ChangesIn

Out = serializers.Serializer[Any]
LONGEST_SCRIPT: Final = 20_000
MOST_DAYS: Final = 3650
SET_BY_SERVER: Final = frozenset(
    {
        *("id", "is_ready_for_calls", "total_calls", "successful_calls", "conversions", "last_call_at"),
        *("created_at", "updated_at"),
    }
)


class AgentsQuery(FilteredQuery):
    """Which AI agents to list."""

    status = WordField(choices=AgentStatus.choices, required=False)
    personality_type = WordField(choices=Personality.choices, required=False)
    training_level_gt = serializers.IntegerField(min_value=-1, max_value=101, required=False)
    training_level_lt = serializers.IntegerField(min_value=-1, max_value=101, required=False)
    inactive_days = serializers.IntegerField(
        min_value=0, max_value=MOST_DAYS, required=False, help_text="Neither made nor on a call for so many days."
    )
    search = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="Part of the name, whatever the case and accents."
    )
    ordering = OrderingField(ORDERS, default="-created_at")


class AgentIn(AnsweredBody):
    """An AI agent. PUT sets what is left out to its default, but for the status, the training and the people."""

    set_by_server = SET_BY_SERVER

    name = TextField(max_length=100)
    personality_type = WordField(choices=Personality.choices, required=False)
    voice_model = TextField(max_length=100, required=False)
    status = WordField(choices=AgentStatus.choices, required=False)
    training_level = WholeNumberField(min_value=0, max_value=100, required=False)
    timezone = TextField(max_length=64, validators=[time_zone], required=False, help_text="An IANA name.")
    working_hours_start = ClockField(required=False, help_text="On the clock of its time zone.")
    working_hours_end = ClockField(required=False, help_text="After the start; 00:00 is the end of the day.")
    max_daily_calls = WholeNumberField(min_value=1, max_value=1000, required=False)
    business_info = ObjectField(required=False, help_text="At most 20,000 bytes. PATCH merges, and null removes.")
    sales_goals = ObjectField(required=False, help_text="Likewise; `target_conversions` is what statistics measure by.")
    initial_script = TextField(max_length=LONGEST_SCRIPT, allow_blank=True, required=False)
    owner_id = IdField(allow_null=True, required=False, help_text="The client whose it is: an admin's to set.")
    assigned_to_id = IdField(allow_null=True, required=False, help_text="Who looks after it: an admin's to set.")


class AgentChangesIn(ChangesIn, AgentIn):
    """What to change of an AI agent; what is left out stays."""


class AgentOut(Out):
    """An AI agent. Times are UTC, to the second; working hours are on the clock of `timezone`."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    personality_type = serializers.ChoiceField(choices=Personality.choices)
    voice_model = serializers.CharField()
    status = serializers.ChoiceField(choices=AgentStatus.choices)
    training_level = serializers.IntegerField()
    is_ready_for_calls = serializers.BooleanField(help_text="Active or learning, with a training level of 20 or more.")
    timezone = serializers.CharField()
    working_hours_start = serializers.CharField()
    working_hours_end = serializers.CharField()
    max_daily_calls = serializers.IntegerField()
    business_info = serializers.JSONField()
    sales_goals = serializers.JSONField()
    initial_script = serializers.CharField(allow_blank=True)
    owner_id = serializers.UUIDField(allow_null=True)
    assigned_to_id = serializers.UUIDField(allow_null=True)
    total_calls = serializers.IntegerField()
    successful_calls = serializers.IntegerField()
    conversions = serializers.IntegerField()
    last_call_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    class Meta:
        ref_name = "AIAgent"


class AgentDoneOut(Out):
    """What was done, and the AI agent, under both names."""

    message = serializers.CharField()
    data = AgentOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    agent = AgentOut()
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "AIAgentDone"


class AgentsSummaryOut(Out):
    """How many match, by status."""

    active = serializers.IntegerField()
    inactive = serializers.IntegerField(help_text="All that are not active.")
    training = serializers.IntegerField()
    learning = serializers.IntegerField()
    optimizing = serializers.IntegerField()
    paused = serializers.IntegerField()

    class Meta:
        ref_name = "AIAgentsSummary"


class AgentsOut(Out):
    """A part of the AI agents."""

    items = AgentOut(many=True)
    total_count = serializers.IntegerField()
    summary = AgentsSummaryOut()

    class Meta:
        ref_name = "AIAgents"
