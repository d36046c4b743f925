"""Making known what a bulk action did to callbacks: an audit entry for each, and one live event per AI agent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal
from uuid import UUID

from agents.models import AIAgent
from agents.services.bulk.callbacks.holding import Row
from agents.services.facts import CALLBACK
from agents.services.telling import tell
from audit import services as audit
from core.jsontypes import JSON
from core.lookups import among

Changes = Mapping[UUID, Mapping[str, tuple[JSON, JSON]]]


def publish(rows: Iterable[Row], *, action: str, changes: Changes, recorded_as: Literal["update", "delete"]) -> None:
    """Record the changes of each, and tell each AI agent's watchers how many of its callbacks that was."""
    audit.record_many(action=recorded_as, resource_type=CALLBACK, resource_ids=changes, changes=changes)
    counts = Counter(row.agent_id for row in rows)
    for agent in AIAgent.objects.filter(among("pk", counts)).only("owner_id", "assigned_to_id").order_by("pk"):
        tell("callback.bulk", agent, {"agent_id": str(agent.pk), "action": action, "count": counts[agent.pk]})
