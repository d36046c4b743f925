"""Scheduling a callback."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agents.models import SLOT, Callback
from agents.services.callbacks.slots import slot_taken
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.followups import renew_followups
from agents.services.new_customers import customer_meant_by
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor


@transaction.atomic
def schedule_callback(
    *,
    by: Actor,
    scheduled_datetime: datetime,
    agent_id: UUID | None = None,
    customer_id: UUID | None = None,
    customer_phone: str = "",
    customer_name: str = "",
    reason: str = "",
    notes: str = "",
    priority_level: int = 3,
    expected_outcome: str = "",
) -> Callback:
    """Book a slot of an AI agent for a customer: the one with the id, or with the E.164 number, who may be new.

    Without `agent_id` the agent is the customer's, or the one that `agent_meant_by` finds. Raises AgentNotFound,
    AgentRequired, CustomerNotFound, and what `slot_taken` raises; then nobody new is written down either.
    """
    customer = customer_meant_by(
        by, agent_id=agent_id, customer_id=customer_id, phone=customer_phone, name=customer_name
    )
    callback = Callback(
        agent=customer.agent,
        customer=customer,
        scheduled_datetime=scheduled_datetime,
        ends_at=scheduled_datetime + SLOT,
        reason=reason,
        notes=notes,
        priority_level=priority_level,
        expected_outcome=expected_outcome,
    )
    with slot_taken(callback, scheduled_datetime):
        callback.save(force_insert=True)
    renew_followups([customer.pk])
    shown = callback_shown(callback)
    changes = {name: change for name, change in changes_between({}, shown).items() if change[1] not in ("", None)}
    audit.record(action="create", resource_type=CALLBACK, resource_id=callback.pk, changes=changes)
    tell("callback.created", customer.agent, shown)
    return callback
