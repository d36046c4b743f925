"""Bulk actions: what is to be done to which objects."""

from typing import Any, ClassVar, Final

from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from agents.models import AgentStatus, CallbackStatus, Personality
from agents.serializers.agents import MOST_DAYS
from agents.serializers.bulk_fields import BodyMomentField, IdsField
from agents.serializers.callbacks import SlotField
from agents.serializers.fields import WordField
from agents.services.bulk import MOST, Choice
from core.fields import IdField, TextField, WholeNumberField, YesNoField
from core.serializers import StrictSerializer

WHOLE: Final = api_settings.NON_FIELD_ERRORS_KEY
AGENT_ACTIONS: Final = ("activate", "pause", "reset_training", "delete_inactive")
CALLBACK_ACTIONS: Final = ("complete", "reschedule", "cancel", "delete_completed")


class Filters(StrictSerializer):
    """Which objects; all that is said holds. Nobody means everything by saying nothing."""

    def run_validation(self, data: Any = empty) -> Any:  # noqa: ANN401 -- DRF's own signature
        """As DRF's; what is wrong with all of it is told of `filters`, and not of a field that nobody knows."""
        try:
            return super().run_validation(data)
        except serializers.ValidationError as error:
            detail = error.detail
            raise serializers.ValidationError(
                detail[WHOLE] if isinstance(detail, dict) and detail.keys() == {WHOLE} else detail
            ) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """At least one."""
        if not attrs:
            raise serializers.ValidationError("Give at least one filter: none would mean everything.")
        return attrs


class AgentFiltersIn(Filters):
    """Which AI agents."""

    status = WordField(choices=AgentStatus.choices, required=False)
    personality_type = WordField(choices=Personality.choices, required=False)
    training_level_gt = WholeNumberField(min_value=-1, max_value=101, required=False)
    training_level_lt = WholeNumberField(min_value=-1, max_value=101, required=False)
    inactive_days = WholeNumberField(
        min_value=0, max_value=MOST_DAYS, required=False, help_text="Neither made nor on a call for so many days."
    )
    owner_id = IdField(required=False, help_text="The client whose it is.")


class CallbackFiltersIn(Filters):
    """Which callbacks."""

    agent_id = IdField(required=False)
    customer_id = IdField(required=False)
    status = WordField(choices=CallbackStatus.choices, required=False)
    priority_level = WholeNumberField(min_value=1, max_value=5, required=False)
    overdue = YesNoField(required=False, help_text="Whether it waits and its time has gone by.")
    today = YesNoField(required=False, help_text="Whether it is on today's date where its AI agent is.")
    date_from = BodyMomentField(required=False, help_text="ISO date or time, itself in; without an offset it is UTC.")
    date_to = BodyMomentField(
        required=False, end=True, help_text="ISO date or time, itself in: the whole of a day, or of a second."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """No window ends before it begins."""
        if {"date_from", "date_to"} <= attrs.keys() and attrs["date_from"] >= attrs["date_to"]:
            raise serializers.ValidationError({"date_to": ["Is before date_from."]})
        return super().validate(attrs)


class BulkIn(StrictSerializer):
    """An action on the objects with these ids, or on those that the filters match."""

    # Fields that one action alone takes.
    only_with: ClassVar[dict[str, str]] = {}

    ids = IdsField(required=False, max_length=MOST, help_text="One given twice counts once.")
    dry_run = YesNoField(default=False, help_text="true: tell what would become of each, and do nothing.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the objects as a choice."""
        if ("ids" in attrs) == ("filters" in attrs):
            raise serializers.ValidationError({"ids": ["Give either this or filters."]})
        for field, action in self.only_with.items():
            if field in attrs and attrs["action"] != action:
                raise serializers.ValidationError({field: [f"Only with the action {action}."]})
        choice = Choice(ids=attrs.pop("ids", None), filters=attrs.pop("filters", None))
        return {**attrs, "choice": choice}


class AgentBulkIn(BulkIn):
    """An action on AI agents."""

    action = WordField(choices=AGENT_ACTIONS)
    filters = AgentFiltersIn(required=False)


class CallbackBulkIn(BulkIn):
    """An action on callbacks."""

    only_with = {"new_datetime": "reschedule", "outcome": "complete"}

    action = WordField(choices=CALLBACK_ACTIONS)
    filters = CallbackFiltersIn(required=False)
    new_datetime = SlotField(
        required=False, help_text="Where to begin looking for free slots: needed by reschedule. In the future."
    )
    outcome = TextField(max_length=500, allow_blank=True, required=False, help_text="Of all that become completed.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A new time has to be given."""
        if attrs["action"] == "reschedule" and "new_datetime" not in attrs:
            raise serializers.ValidationError({"new_datetime": ["Reschedule needs it."]})
        return super().validate(attrs)
