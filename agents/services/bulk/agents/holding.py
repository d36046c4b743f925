"""Holding the AI agents of a bulk action, and reading them only then."""

from agents.models import AIAgent
from agents.selectors.agents import agents_matching
from agents.selectors.seen import agents_seen_by
from agents.services.bulk.choosing import Choice, found, still_chosen
from agents.services.locking import lock_agents
from core.actor import Actor
from core.lookups import among


def hold(choice: Choice, *, by: Actor, to_delete: bool = False) -> list[AIAgent]:
    """Those of the choice that the caller sees, the oldest first, locked. Raises TooManyMatches.

    What somebody else changed while this waited for him is as he left it; what filters match no more is not in it.
    """
    if choice.ids is not None:
        matching = agents_seen_by(by).filter(among("pk", choice.ids))
    else:
        matching = agents_matching(by, **(choice.filters or {}))
    locked = lock_agents((pk for (pk,) in found(matching, "pk")), to_delete=to_delete)
    chosen_still = still_chosen(choice, matching, locked.keys())
    return sorted(
        (agent for agent in locked.values() if agent.pk in chosen_still), key=lambda agent: (agent.created_at, agent.pk)
    )
