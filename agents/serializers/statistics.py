"""What the statistics are asked for, and how Swagger shows them."""

from typing import Any, Final

from rest_framework import serializers

from agents.models import AgentStatus, CallDirection, CallOutcome, CallStatus, InterestLevel
from agents.models.validators import time_zone
from agents.selectors.statistics import NAMES
from agents.serializers.base import AskingQuery
from agents.serializers.fields import WordField

Out = serializers.Serializer[Any]
RATE: Final = "To four places; null if there is nothing to divide by."


class StatisticsQuery(AskingQuery):
    """Of which AI agent, and when."""

    agent_id = serializers.UUIDField(required=False, help_text="Of this AI agent; else of all that you see.")
    time_period = WordField(
        choices=NAMES,
        default="month",
        help_text="The calendar day, week (from Monday) or month that it is now on the clock of `tz`.",
    )
    tz = serializers.CharField(
        max_length=64,
        validators=[time_zone],
        required=False,
        help_text="A time zone's IANA name; the AI agent's if `agent_id` is given, else UTC.",
    )


def counts(name: str, values: list[str]) -> serializers.Field[Any, Any, Any, Any]:
    """A number for each of the values."""
    fields = {value: serializers.IntegerField() for value in values}
    meta = type("Meta", (), {"ref_name": name})
    made: serializers.Field[Any, Any, Any, Any] = type(name, (serializers.Serializer,), {**fields, "Meta": meta})()
    return made


class PeriodOut(Out):
    """From when on, and until when, itself out, on the clock of which zone. Of all of time it is null."""

    to = serializers.DateTimeField(allow_null=True)
    tz = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """With `from`, which Python keeps to itself."""
        return {"from": serializers.DateTimeField(allow_null=True), **super().get_fields()}

    class Meta:
        ref_name = "AIStatisticsPeriod"


class AgentsOverviewOut(Out):
    """The AI agents that there were by the end of the period, as they are now."""

    total = serializers.IntegerField()
    by_status = counts("AIAgentsByStatus", AgentStatus.values)
    ready_for_calls = serializers.IntegerField()
    average_training_level = serializers.FloatField(allow_null=True)

    class Meta:
        ref_name = "AIAgentsOverview"


class DayOut(Out):
    """A day on the clock of the period's zone."""

    date = serializers.DateField()
    total = serializers.IntegerField()
    completed = serializers.IntegerField()

    class Meta:
        ref_name = "AICallsOfDay"


class BusiestHourOut(Out):
    """The hour of the day in which most calls began; of several the earliest."""

    hour = serializers.IntegerField(min_value=0, max_value=23)
    calls = serializers.IntegerField()

    class Meta:
        ref_name = "AIBusiestHour"


class CallStatisticsOut(Out):
    """The calls that began in the period."""

    total = serializers.IntegerField()
    by_status = counts("AICallsByStatus", CallStatus.values)
    by_outcome = counts("AICallsByOutcome", CallOutcome.values)
    by_direction = counts("AICallsByDirection", CallDirection.values)
    total_duration_seconds = serializers.IntegerField()
    average_duration_seconds = serializers.FloatField(allow_null=True, help_text="Of the completed ones.")
    unique_customers = serializers.IntegerField()
    per_day = DayOut(many=True, help_text="Each day until today, oldest first; none of all of time.")
    busiest_hour = BusiestHourOut(allow_null=True)

    class Meta:
        ref_name = "AICallStatistics"


class CustomerStatisticsOut(Out):
    """The customers that there were by the end of the period, as they are now; `new` and `converted` in the period."""

    total = serializers.IntegerField()
    new = serializers.IntegerField()
    by_interest_level = counts("AICustomersByInterest", InterestLevel.values)
    converted = serializers.IntegerField()
    do_not_call = serializers.IntegerField()

    class Meta:
        ref_name = "AICustomerStatistics"


class GoalOut(Out):
    """How far it is to `sales_goals.target_conversions`, counted since the AI agents were made."""

    target_conversions = serializers.FloatField()
    conversions = serializers.IntegerField()
    progress = serializers.FloatField(help_text="To four places; above 1 when it was surpassed.")

    class Meta:
        ref_name = "AISalesGoal"


class RankedAgentOut(Out):
    """An AI agent, and what it did in the period."""

    agent_id = serializers.UUIDField()
    name = serializers.CharField()
    calls = serializers.IntegerField()
    completed = serializers.IntegerField()
    conversions = serializers.IntegerField()
    answer_rate = serializers.FloatField(allow_null=True, help_text=RATE)
    goal = GoalOut(allow_null=True)

    class Meta:
        ref_name = "AIRankedAgent"


class PerformanceOut(Out):
    """What came of it. Callbacks are those whose time is in the period."""

    answer_rate = serializers.FloatField(allow_null=True, help_text=f"Completed of ended calls. {RATE}")
    conversion_rate = serializers.FloatField(
        allow_null=True, help_text=f"Customers who converted, of those who were called, both in the period. {RATE}"
    )
    callbacks_scheduled = serializers.IntegerField(help_text="They wait, also where their time has gone by.")
    callbacks_in_progress = serializers.IntegerField()
    callbacks_completed = serializers.IntegerField()
    callbacks_cancelled = serializers.IntegerField()
    callbacks_overdue = serializers.IntegerField(help_text="They wait, and their time has gone by.")
    callback_completion_rate = serializers.FloatField(
        allow_null=True, help_text=f"Completed of those completed, cancelled or overdue. {RATE}"
    )
    calls_per_agent_and_day = serializers.FloatField(
        allow_null=True, help_text=f"By the days that have begun; of all of time, since the first call. {RATE}"
    )
    goals = GoalOut(allow_null=True, help_text="Of all AI agents that have one.")
    top_agents = RankedAgentOut(many=True, help_text="Ten at most, by conversions, completed calls and calls.")

    class Meta:
        ref_name = "AIPerformance"


class GroupsOut(Out):
    """A period in numbers."""

    period = PeriodOut()
    agents_overview = AgentsOverviewOut()
    call_statistics = CallStatisticsOut()
    customer_statistics = CustomerStatisticsOut()
    performance_metrics = PerformanceOut()

    class Meta:
        ref_name = "AIStatisticsGroups"


class FoundOut(GroupsOut):
    """A period in numbers, and the one before."""

    time_period = serializers.ChoiceField(choices=NAMES)
    previous = GroupsOut(allow_null=True, help_text="The whole calendar period before; null for all of time.")

    class Meta:
        ref_name = "AIStatisticsFound"


class StatisticsOut(FoundOut):
    """What was found, also below `data`, where every answer has what it is about."""

    message = serializers.CharField()
    data = FoundOut()  # type: ignore[assignment]  # DRF takes the fields out of the class
    timestamp = serializers.DateTimeField()

    class Meta:
        ref_name = "AIStatistics"
