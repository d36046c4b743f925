"""Telling watchers what happened to an AI agent and what belongs to it. Only those who see it hear it."""

from collections.abc import Mapping, Sequence

from agents.models import AIAgent
from core.jsontypes import JSON
from core.live import announce_many


def tell(event: str, agent: AIAgent, *payloads: Mapping[str, JSON]) -> None:
    """Announce it to the admins, the agent's owner and whoever looks after it, once the transaction has committed."""
    tell_many(event, agent, payloads)


def tell_many(event: str, agent: AIAgent, payloads: Sequence[Mapping[str, JSON]]) -> None:
    """As `tell`, of several objects of the same AI agent."""
    people = {"client": agent.owner_id, "agent": agent.assigned_to_id}
    announce_many(event, payloads, audience=[(role, person) for role, person in people.items() if person])
