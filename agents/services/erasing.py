"""Deleting AI agents, and all that belongs to them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from agents.errors import CallInProgress
from agents.models import AIAgent, Call, CallStatus
from agents.services.facts import AGENT, agent_shown, changes_between
from agents.services.locking import agent_locked
from agents.services.telling import tell
from audit import services as audit
from core.actor import Actor
from core.jsontypes import JSON
from core.lookups import among
from core.tenancy import current_organization_id

OF_AGENTS: Final = "agent_id = ANY(%(ids)s) AND organization_id = %(organization_id)s"
# Whoever closes callbacks holds their customers and not their agents.
HOLD_CUSTOMERS: Final = f"SELECT FROM agents_customer WHERE {OF_AGENTS} ORDER BY id FOR UPDATE"


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
    agent = agent_locked(agent_id, by=by, to_delete=True)
    if agents_on_calls([agent.pk]):
        raise CallInProgress
    [deleted] = erase_agents([agent])
    return deleted


def agents_on_calls(agent_ids: Collection[UUID]) -> set[UUID]:
    """Those of them who are talking."""
    talking = Call.objects.filter(among("agent_id", agent_ids), status=CallStatus.IN_PROGRESS)
    return set(talking.values_list("agent_id", flat=True))


def erase_agents(agents: Sequence[AIAgent]) -> list[DeletedAgent]:
    """Delete them in as many statements as there are tables. They must be locked to be deleted, and on no call."""
    shown = {agent.pk: agent_shown(agent) for agent in agents}
    parameters: dict[str, Any] = {"ids": list(shown), "organization_id": current_organization_id()}
    with connection.cursor() as cursor:
        cursor.execute(HOLD_CUSTOMERS, parameters)
        # The collector of Django would fetch every row, and send their ids back.
        calls, callbacks, customers = (
            _erased(cursor, f"agents_{table}", parameters) for table in ("call", "callback", "customer")
        )
    AIAgent.objects.filter(among("pk", shown))._raw_delete(using=connection.alias)
    deleted = [
        DeletedAgent(
            shown[agent.pk],
            Erased(
                customers=customers.get(agent.pk, 0),
                callbacks=callbacks.get(agent.pk, 0),
                calls=calls.get(agent.pk, 0),
            ),
        )
        for agent in agents
    ]
    changes = {str(one.shown["id"]): changes_between(one.shown, {}) | _gone(one.erased) for one in deleted}
    audit.record_many(action="delete", resource_type=AGENT, resource_ids=changes, changes=changes)
    for agent in agents:
        tell("agent.deleted", agent, shown[agent.pk])
    return deleted


def _erased(cursor: Any, table: str, parameters: dict[str, Any]) -> dict[UUID, int]:  # noqa: ANN401 -- Django's wrapper
    """How many rows of each agent were deleted."""
    cursor.execute(
        f"WITH gone AS (DELETE FROM {table} WHERE {OF_AGENTS} RETURNING agent_id)"  # noqa: S608 -- constants
        " SELECT agent_id, count(*) FROM gone GROUP BY agent_id",
        parameters,
    )
    return dict(cursor.fetchall())


def _gone(erased: Erased) -> dict[str, tuple[JSON, JSON]]:
    return {name: (count, 0) for name, count in asdict(erased).items()}
