"""Letting AI agents work, pausing them, and letting them learn from the beginning."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from agents.errors import AgentNotFound
from agents.models import AgentStatus, AIAgent
from agents.services.bulk.agents.holding import hold
from agents.services.bulk.choosing import Choice, in_order
from agents.services.bulk.results import BulkResult, Result, unchanged
from agents.services.facts import AGENT, agent_shown
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON
from core.lookups import among

ACTIVE: Final[Mapping[str, Any]] = {"status": str(AgentStatus.ACTIVE)}
PAUSED: Final[Mapping[str, Any]] = {"status": str(AgentStatus.PAUSED)}
UNTRAINED: Final[Mapping[str, Any]] = {"status": str(AgentStatus.TRAINING), "training_level": 0}


@transaction.atomic
def activate_agents(*, choice: Choice, by: Actor, dry_run: bool = False) -> BulkResult:
    """Make them active. Those that are not trained enough will call once they are. Raises TooManyMatches."""
    return _set("activate", ACTIVE, choice, by, dry_run=dry_run)


@transaction.atomic
def pause_agents(*, choice: Choice, by: Actor, dry_run: bool = False) -> BulkResult:
    """Pause them. Their callbacks stay where they are. Raises TooManyMatches."""
    return _set("pause", PAUSED, choice, by, dry_run=dry_run)


@transaction.atomic
def reset_training(*, choice: Choice, by: Actor, dry_run: bool = False) -> BulkResult:
    """Put them in training at level 0. Raises TooManyMatches."""
    return _set("reset_training", UNTRAINED, choice, by, dry_run=dry_run)


def _set(action: str, values: Mapping[str, Any], choice: Choice, by: Actor, *, dry_run: bool) -> BulkResult:
    agents = hold(choice, by=by)
    others = [agent for agent in agents if any(getattr(agent, name) != value for name, value in values.items())]
    done = {agent.pk for agent in others}
    if others and not dry_run:
        _write(others, values)
    results = [Result(agent.pk) if agent.pk in done else unchanged(agent.pk) for agent in agents]
    return BulkResult(action, dry_run, in_order(choice, results, AgentNotFound))


def _write(agents: list[AIAgent], values: Mapping[str, Any]) -> None:
    at = now()
    AIAgent.objects.filter(among("pk", [agent.pk for agent in agents])).update(**values, updated_at=at)
    changes: dict[UUID, Mapping[str, tuple[JSON, JSON]]] = {}
    for agent in agents:
        changes[agent.pk] = {
            name: (old, value) for name, value in values.items() if (old := getattr(agent, name)) != value
        }
        for name, value in values.items():
            setattr(agent, name, value)
        agent.updated_at = at
        tell("agent.updated", agent, agent_shown(agent))
    audit.record_many(action="update", resource_type=AGENT, resource_ids=changes, changes=changes)
