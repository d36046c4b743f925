"""Deleting AI agents that nobody uses any more."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from agents.errors import AgentNotFound, AgentStillActive, CallInProgress
from agents.models import AgentStatus, AIAgent
from agents.services.bulk.agents.holding import hold
from agents.services.bulk.choosing import Choice, in_order
from agents.services.bulk.results import BulkResult, Result, failed
from agents.services.erasing import agents_on_calls, erase_agents
from core.actor import Actor
from core.errors import SwitchboardError

ACTION: Final = "delete_inactive"
INACTIVE_DAYS: Final = 30


@transaction.atomic
def delete_inactive_agents(*, choice: Choice, by: Actor, dry_run: bool = False) -> BulkResult:
    """Delete those that are not active, and neither made nor on a call for the filter's `inactive_days`, or 30 days.

    All that belongs to them goes too. Others fail. Raises TooManyMatches.
    """
    agents = hold(choice, by=by, to_delete=not dry_run)
    refusals = _refusals(agents, days=(choice.filters or {}).get("inactive_days", INACTIVE_DAYS))
    deleting = [agent for agent in agents if agent.pk not in refusals]
    if deleting and not dry_run:
        erase_agents(deleting)
    results = [failed(agent.pk, refusals[agent.pk]) if agent.pk in refusals else Result(agent.pk) for agent in agents]
    return BulkResult(ACTION, dry_run, in_order(choice, results, AgentNotFound))


def _refusals(agents: Sequence[AIAgent], *, days: int) -> dict[UUID, SwitchboardError]:
    last = now() - timedelta(days=days)
    on_calls = agents_on_calls([agent.pk for agent in agents])
    refusals: dict[UUID, SwitchboardError] = {}
    for agent in agents:
        if agent.pk in on_calls:
            refusals[agent.pk] = CallInProgress()
        elif agent.status == AgentStatus.ACTIVE or (agent.last_call_at or agent.created_at) > last:
            refusals[agent.pk] = AgentStillActive()
    return refusals
