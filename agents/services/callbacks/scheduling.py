"""Scheduling a callback."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agents.errors import CustomerNotFound
from agents.models import SLOT, AIAgent, Callback, Customer
from agents.selectors.seen import agent_meant_by, customers_seen_by
from agents.services.callbacks.slots import slot_taken
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.followups import renew_followups
from agents.services.locking import agent_locked, customer_locked
from agents.services.new_customers import customer_for_phone
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
    if customer_id is not None:
        agent, customer = _known(customer_id, agent_id, by)
    else:
        agent = agent_locked(agent_meant_by(by, agent_id).pk, by=by)
        customer, _ = customer_for_phone(agent=agent, phone=customer_phone, name=customer_name, by=by)
    callback = Callback(
        agent=agent,
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
    tell("callback.created", agent, shown)
    return callback


def _known(customer_id: UUID, agent_id: UUID | None, by: Actor) -> tuple[AIAgent, Customer]:
    found = customers_seen_by(by).filter(pk=customer_id).values_list("agent_id", flat=True).first()
    if found is None or (agent_id is not None and agent_meant_by(by, agent_id).pk != found):
        raise CustomerNotFound(fields={"customer_id": [CustomerNotFound.default_message]})
    agent = agent_locked(found, by=by)
    return agent, customer_locked(customer_id, by=by)
