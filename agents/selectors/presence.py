"""Which AI agents are online."""

from collections.abc import Sequence
from uuid import UUID

from agents.models import AIAgent
from agents.selectors.due import READY


def organizations_with_agents() -> Sequence[UUID]:
    """Those that have an AI agent, across organizations."""
    found = AIAgent.unscoped.order_by("organization").values_list("organization", flat=True).distinct()
    return list(found)


def ready_agents() -> int:
    """How many AI agents of the scope's organization may call now."""
    return AIAgent.objects.filter(READY).count()
