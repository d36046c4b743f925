"""Deleting AI agents, and all that belongs to them."""

from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import connection, transaction

from agents.errors import CallInProgress
from agents.models import AIAgent, Call, Callback, CallStatus, Customer
from agents.services.facts import AGENT, agent_shown, changes_between
from agents.services.locking import agent_locked
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went with an AI agent."""

    customers: int
    callbacks: int
    calls: int


@dataclass(frozen=True, slots=True)
class DeletedAgent:
    """An AI agent as it was, and what went with it."""

    shown: dict[str, JSON]
    erased: Erased


@transaction.atomic
def delete_agent(*, agent_id: UUID, by: Actor) -> DeletedAgent:
    """Delete an AI agent with its customers, callbacks and calls. Raises AgentNotFound, CallInProgress."""
    return erase_agent(agent_locked(agent_id, by=by, to_delete=True))


def erase_agent(agent: AIAgent) -> DeletedAgent:
    """Delete it in as many statements as there are tables. It must be locked to be deleted. Raises CallInProgress."""
    if Call.objects.filter(agent=agent, status=CallStatus.IN_PROGRESS).exists():
        raise CallInProgress
    shown = agent_shown(agent)
    # The collector of Django would fetch every row, and send their ids back.
    calls = Call.objects.filter(agent=agent)._raw_delete(using=connection.alias)
    callbacks = Callback.objects.filter(agent=agent)._raw_delete(using=connection.alias)
    customers = Customer.objects.filter(agent=agent)._raw_delete(using=connection.alias)
    AIAgent.objects.filter(pk=agent.pk)._raw_delete(using=connection.alias)
    deleted = DeletedAgent(shown, Erased(customers=customers, callbacks=callbacks, calls=calls))
    gone: dict[str, tuple[JSON, JSON]] = {name: (count, 0) for name, count in asdict(deleted.erased).items()}
    audit.record(action="delete", resource_type=AGENT, resource_id=agent.pk, changes=changes_between(shown, {}) | gone)
    tell("agent.deleted", agent, shown)
    return deleted
