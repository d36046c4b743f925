"""What a caller sees of his organization: an admin everything, a client his own AI agent's, an agent his AI agents'."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from agents.errors import AgentNotFound, AgentRequired
from agents.models import AIAgent, Call, Callback, Customer
from core.actor import Actor

ModelT = TypeVar("ModelT", Customer, Callback, Call)


def agents_seen_by(actor: Actor) -> QuerySet[AIAgent]:
    """The AI agents that exist for this caller. The system's own work sees all of the organization's."""
    return AIAgent.objects.filter(_seen(actor))


def customers_seen_by(actor: Actor) -> QuerySet[Customer]:
    """Their customers."""
    return _of_agents(Customer.objects.all(), actor)


def callbacks_seen_by(actor: Actor) -> QuerySet[Callback]:
    """Their callbacks."""
    return _of_agents(Callback.objects.all(), actor)


def calls_seen_by(actor: Actor) -> QuerySet[Call]:
    """Their calls."""
    return _of_agents(Call.objects.all(), actor)


def sees_everything(actor: Actor) -> bool:
    """Whether nothing of the organization is hidden from him."""
    return actor.kind == "system" or actor.role == "admin"


def agent_seen(actor: Actor, agent_id: UUID) -> AIAgent:
    """The AI agent with this id. Raises AgentNotFound if there is none that the caller sees."""
    found = agents_seen_by(actor).filter(pk=agent_id).first()
    if found is None:
        raise AgentNotFound
    return found


def agent_meant_by(actor: Actor, agent_id: UUID | None) -> AIAgent:
    """The AI agent with this id; without one the caller's only one, or the one that he created last.

    Raises AgentNotFound, naming the field, for an id of none that he sees, and AgentRequired if there is none or
    several could be meant.
    """
    if agent_id is not None:
        try:
            return agent_seen(actor, agent_id)
        except AgentNotFound as error:
            raise AgentNotFound(fields={"agent_id": [AgentNotFound.default_message]}) from error
    seen = agents_seen_by(actor)
    several = list(seen.order_by("pk")[:2])
    if not several:
        raise AgentRequired("There is no AI agent yet. Create one first.")
    own = several[0] if len(several) == 1 else seen.filter(created_by=actor.user_id).order_by("-created_at").first()
    if own is None:
        raise AgentRequired("There are several AI agents: say which one.")
    return own


def _seen(actor: Actor) -> Q:
    if sees_everything(actor):
        return Q()
    if actor.role == "client":
        return Q(owner=actor.user_id)
    return Q(assigned_to=actor.user_id)


def _of_agents(rows: QuerySet[ModelT], actor: Actor) -> QuerySet[ModelT]:
    return rows if sees_everything(actor) else rows.filter(agent__in=agents_seen_by(actor))
