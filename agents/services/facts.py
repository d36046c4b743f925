"""Objects as callers and watchers see them, and as the audit log keeps them."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Final
from uuid import UUID

from django.db.models import Model
from django.utils.timezone import now

from agents.models import WAITING, AIAgent, Call, Callback, Customer
from core.jsontypes import JSON
from core.rendering import to_sorted_json

AGENT: Final = "ai_agent"
CUSTOMER: Final = "customer"
CALLBACK: Final = "callback"
CALL: Final = "call"

AGENT_FACTS: Final = (
    *("id", "name", "personality_type", "voice_model", "status", "training_level", "is_ready_for_calls", "timezone"),
    *("working_hours_start", "working_hours_end", "max_daily_calls", "business_info", "sales_goals", "initial_script"),
    *("owner_id", "assigned_to_id", "total_calls", "successful_calls", "conversions", "last_call_at"),
    *("created_at", "updated_at"),
)
CUSTOMER_FACTS: Final = (
    *("id", "agent_id", "phone_number", "name", "email", "interest_level", "call_preference_time"),
    *("communication_style", "preferences", "notes", "do_not_call", "converted_at", "total_calls", "last_call_at"),
    *("next_followup", "created_at", "updated_at"),
)
CALLBACK_FACTS: Final = (
    *("id", "agent_id", "customer_id", "scheduled_datetime", "ends_at", "status", "priority_level", "reason", "notes"),
    *("expected_outcome", "outcome", "reschedule_count", "started_at", "completed_at", "cancelled_at"),
    *("created_at", "updated_at"),
)
CALL_FACTS: Final = (
    *("id", "agent_id", "customer_id", "callback_id", "direction", "status", "outcome", "interest_level"),
    *("started_at", "ended_at", "duration_seconds", "notes", "created_at", "updated_at"),
)


def agent_shown(agent: AIAgent) -> dict[str, JSON]:
    """An AI agent as the API answers it."""
    return _facts(agent, AGENT_FACTS)


def customer_shown(customer: Customer) -> dict[str, JSON]:
    """A customer as the API answers it."""
    return _facts(customer, CUSTOMER_FACTS) | {"converted": customer.converted_at is not None}


def callback_shown(callback: Callback) -> dict[str, JSON]:
    """A callback as the API answers it. Its customer must be there already: a list would ask once for each."""
    customer = callback.customer
    return _facts(callback, CALLBACK_FACTS) | {
        "customer_phone": customer.phone_number,
        "customer_name": customer.name,
        "is_overdue": callback.status in WAITING and callback.scheduled_datetime < now(),
    }


def call_shown(call: Call) -> dict[str, JSON]:
    """A call as the API answers it. Its customer must be there already."""
    return _facts(call, CALL_FACTS) | {"customer_phone": call.customer.phone_number}


def changes_between(before: Mapping[str, JSON], after: Mapping[str, JSON]) -> dict[str, tuple[JSON, JSON]]:
    """What the audit log is told: the fields that are others afterwards, but for when that was."""
    names = [name for name in {**before, **after} if name != "updated_at"]
    pairs = {name: (before.get(name), after.get(name)) for name in names}
    return {name: (old, new) for name, (old, new) in pairs.items() if not _same(old, new)}


def moment(time_of: datetime) -> str:
    """A time in UTC as the documents write it, to the second."""
    return time_of.isoformat()[:19] + "Z"


def _same(old: JSON, new: JSON) -> bool:
    """Whether they are the same JSON. In Python 1 and true are equal, also within objects."""
    return old == new and (not isinstance(new, Mapping) or to_sorted_json(old) == to_sorted_json(new))


def _facts(row: Model, names: tuple[str, ...]) -> dict[str, JSON]:
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: object) -> JSON:
    """A column's value as it is shown."""
    match value:
        case datetime():
            return moment(value)
        case time():
            return value.strftime("%H:%M")
        case UUID():
            return str(value)
        case _:
            return value  # type: ignore[return-value]  # the models' other columns hold JSON
