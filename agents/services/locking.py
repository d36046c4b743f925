"""Who waits for whom. Every writer locks in this order, and so none waits for another in a circle:

AI agents, then customers, then callbacks, then calls; of each kind by id.

An agent is locked by whoever takes a slot of its, counts a call, or deletes; a customer by whoever changes his
callbacks or his calls, for what he stores of them is computed from all of them.
"""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from agents.errors import AgentNotFound, CallbackNotFound, CallNotFound, CustomerNotFound
from agents.models import AIAgent, Call, Callback, Customer
from agents.selectors.seen import agents_seen_by, callbacks_seen_by, calls_seen_by, customers_seen_by
from core.actor import Actor
from core.errors import NotFound
from core.lookups import among

RowT = TypeVar("RowT", Callback, Call)


def agent_locked(agent_id: UUID, *, by: Actor, to_delete: bool = False) -> AIAgent:
    """The AI agent, which nobody else changes until the transaction ends, or with `to_delete` even refers to.

    Raises AgentNotFound.
    """
    found = agents_seen_by(by).select_for_update(no_key=not to_delete, of=("self",)).filter(pk=agent_id).first()
    if found is None:
        raise AgentNotFound
    return found


def customer_locked_with_agent(customer_id: UUID, *, by: Actor) -> Customer:
    """The customer, likewise, after his agent, who comes along. Raises CustomerNotFound."""
    seen = customers_seen_by(by).filter(pk=customer_id)
    agent_id = seen.values_list("agent_id", flat=True).first()
    if agent_id is None:
        raise CustomerNotFound
    held_agent = AIAgent.objects.filter(pk=agent_id).select_for_update(no_key=True).first()
    found = seen.select_for_update(no_key=True, of=("self",)).first()
    if found is None or held_agent is None:
        raise CustomerNotFound
    found.agent = held_agent
    return found


def callback_locked(callback_id: UUID, *, by: Actor) -> Callback:
    """The callback, after its agent and its customer, who come along. Raises CallbackNotFound."""
    return _last_locked(callbacks_seen_by(by).filter(pk=callback_id), CallbackNotFound)


def call_locked(call_id: UUID, *, by: Actor) -> Call:
    """The call, after its agent and its customer, who come along. Raises CallNotFound."""
    return _last_locked(calls_seen_by(by).filter(pk=call_id), CallNotFound)


def lock_agents(agent_ids: Iterable[UUID], *, to_delete: bool = False) -> dict[UUID, AIAgent]:
    """Those AI agents of the scope that are still there, by id."""
    rows = AIAgent.objects.filter(among("pk", agent_ids)).order_by("pk").select_for_update(no_key=not to_delete)
    return {row.pk: row for row in rows}


def _last_locked(seen: QuerySet[RowT], missing: type[NotFound]) -> RowT:
    ids = seen.values_list("agent_id", "customer_id").first()
    if ids is None:
        raise missing
    held_agent = AIAgent.objects.filter(pk=ids[0]).select_for_update(no_key=True).first()
    held_customer = Customer.objects.filter(pk=ids[1]).select_for_update(no_key=True).first()
    found = seen.select_for_update(no_key=True, of=("self",)).first()
    if found is None or held_agent is None or held_customer is None:
        raise missing
    found.agent, found.customer = held_agent, held_customer
    return found
