"""Calls of AI agents and what belongs to them."""

from typing import Any, Final

from agents.models import AIAgent, Callback, Customer
from agents.models import Call as PhoneCall
from tests.audit.coverage.calls import Call, left
from tests.audit.coverage.world import World, in_progress

AI: Final = "/api/agents/ai"
AGENT: Final = {"name": "Sarah", "personality_type": "friendly"}
AT: Final = "2030-01-08T10:00:00Z"
WHOLE_AGENT: Final = (
    "business_info initial_script max_daily_calls name personality_type sales_goals status timezone training_level"
    " voice_model working_hours_end working_hours_start"
)
WHOLE_CUSTOMER: Final = (
    "agent_id call_preference_time communication_style"
    " do_not_call email interest_level name notes phone_number preferences"
)
WHOLE_CALLBACK: Final = (
    "agent_id created_at customer_id customer_phone ends_at id is_overdue priority_level reason reschedule_count"
    " scheduled_datetime status"
)
GONE_AGENT: Final = (
    f"{WHOLE_AGENT} callbacks calls conversions created_at customers id is_ready_for_calls owner_id successful_calls"
    " total_calls"
)
GONE_CUSTOMER: Final = f"{WHOLE_CUSTOMER} callbacks calls converted created_at id total_calls"
WHOLE_CALL: Final = (
    "agent_id created_at customer_id customer_phone direction duration_seconds ended_at id outcome started_at status"
)


def _in_bulk(action: str, what: str, **more: Any) -> Any:
    return lambda world: {"action": action, "ids": [str(world.ids[what])], **more}


def _of_the_agent(world: World, **more: Any) -> dict[str, Any]:
    return {"agent_id": str(world.agent.pk), **more}


CALLS: Final = {
    f"POST {AI}": Call(
        by="admin", body=AGENT, refused={"name": ""}, leaves=[left("create ai_agent", AIAgent, WHOLE_AGENT)]
    ),
    f"PUT {AI}/<uuid:agent_id>": Call(
        by="admin",
        body=AGENT,
        leaves=[left("update ai_agent", "agent_id", "name working_hours_end working_hours_start")],
    ),
    f"PATCH {AI}/<uuid:agent_id>": Call(
        by="admin", body={"name": "Sally"}, leaves=[left("update ai_agent", "agent_id", "name")]
    ),
    f"DELETE {AI}/<uuid:agent_id>": Call(by="admin", leaves=[left("delete ai_agent", "agent_id", GONE_AGENT)]),
    f"POST {AI}/bulk-actions": Call(
        by="admin",
        body=_in_bulk("pause", "agent_id"),
        refused=_in_bulk("dance", "agent_id"),
        leaves=[left("update ai_agent", "agent_id", "status")],
    ),
    f"POST {AI}/<uuid:agent_id>/calendar": Call(
        by="admin", body={}, leaves=[left("update ai_agent", "agent_id", "calendar_version")]
    ),
    f"POST {AI}/customers": Call(
        by="admin",
        body=lambda w: _of_the_agent(w, phone_number="+33612345678", name="John"),
        refused=lambda w: _of_the_agent(w, phone_number="soon"),
        leaves=[left("create customer", Customer, WHOLE_CUSTOMER)],
    ),
    f"PUT {AI}/customers/<uuid:customer_id>": Call(
        by="admin",
        body=lambda w: {"phone_number": w.customer.phone_number, "name": "Jim"},
        leaves=[left("update customer", "customer_id", "name")],
    ),
    f"PATCH {AI}/customers/<uuid:customer_id>": Call(
        by="admin", body={"name": "Johnny"}, leaves=[left("update customer", "customer_id", "name")]
    ),
    f"DELETE {AI}/customers/<uuid:customer_id>": Call(
        by="admin", leaves=[left("delete customer", "customer_id", GONE_CUSTOMER)]
    ),
    f"POST {AI}/callbacks": Call(
        by="admin",
        body=lambda w: _of_the_agent(w, customer_phone="+33612345679", reason="x", scheduled_datetime=AT),
        refused=lambda w: _of_the_agent(w, customer_phone="+33612345679", reason="x", scheduled_datetime="soon"),
        leaves=[left("create callback", Callback, WHOLE_CALLBACK), left("create customer", Customer, WHOLE_CUSTOMER)],
    ),
    f"PUT {AI}/callbacks/<uuid:callback_id>": Call(
        by="admin",
        body=lambda w: {"customer_id": str(w.customer.pk), "reason": "another", "scheduled_datetime": AT},
        leaves=[left("update callback", "callback_id", "ends_at reason reschedule_count scheduled_datetime status")],
    ),
    f"PATCH {AI}/callbacks/<uuid:callback_id>": Call(
        by="admin", body={"reason": "another"}, leaves=[left("update callback", "callback_id", "reason")]
    ),
    f"DELETE {AI}/callbacks/<uuid:callback_id>": Call(
        by="admin",
        leaves=[
            left("delete callback", "callback_id", f"{WHOLE_CALLBACK} customer_name expected_outcome notes outcome")
        ],
    ),
    f"POST {AI}/callbacks/bulk-actions": Call(
        by="admin",
        body=_in_bulk("cancel", "callback_id"),
        refused=_in_bulk("dance", "callback_id"),
        leaves=[left("update callback", "callback_id", "cancelled_at status")],
    ),
    f"POST {AI}/calls": Call(
        by="admin",
        body=lambda w: {"customer_id": str(w.customer.pk), "duration_seconds": 5, "outcome": "interested"},
        refused=lambda w: {"customer_id": str(w.customer.pk), "duration_seconds": -5},
        leaves=[left("create call", PhoneCall, WHOLE_CALL), left("update customer", "customer_id", "interest_level")],
    ),
    f"PATCH {AI}/calls/<uuid:call_id>": Call(
        by="admin",
        given=in_progress,
        body={"status": "completed", "duration_seconds": 5},
        leaves=[left("update call", "call_id", "duration_seconds ended_at status")],
    ),
}
