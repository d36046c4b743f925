"""Who may do what: the table of the documentation.

Which objects somebody sees is `agents.selectors.seen`'s to say: what he does not see is 404, whatever he may do.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from core.actor import Actor
from core.errors import Forbidden


class Resource(StrEnum):
    """What there is."""

    AGENTS = "AI agents"
    CUSTOMERS = "customers"
    CALLBACKS = "callbacks"
    CALLS = "calls"
    STATISTICS = "statistics"


class Action(StrEnum):
    """What can be done to it."""

    VIEW = "view"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    BULK = "act in bulk on"


VIEW, CREATE, UPDATE, DELETE, BULK = Action
Allowed = frozenset[Action]
LOOKS: Final[Allowed] = frozenset({VIEW})
KEEPS: Final[Allowed] = frozenset({VIEW, UPDATE})
ADDS: Final[Allowed] = frozenset({VIEW, CREATE, UPDATE})
MANAGES: Final[Allowed] = frozenset({VIEW, CREATE, UPDATE, DELETE})
EVERYTHING: Final[Allowed] = MANAGES | {BULK}

# A client manages its own AI agent and what belongs to it; an agent looks after the AI agents assigned to him: he views
# and updates, and takes down the calls. Calls are history, which nobody deletes.
PERMISSIONS: Final[Mapping[str, Mapping[Resource, Allowed]]] = {
    "admin": {
        Resource.AGENTS: EVERYTHING,
        Resource.CUSTOMERS: MANAGES,
        Resource.CALLBACKS: EVERYTHING,
        Resource.CALLS: ADDS,
        Resource.STATISTICS: LOOKS,
    },
    "client": {
        Resource.AGENTS: MANAGES,
        Resource.CUSTOMERS: MANAGES,
        Resource.CALLBACKS: MANAGES,
        Resource.CALLS: ADDS,
        Resource.STATISTICS: LOOKS,
    },
    "agent": {
        Resource.AGENTS: KEEPS,
        Resource.CUSTOMERS: KEEPS,
        Resource.CALLBACKS: KEEPS,
        Resource.CALLS: ADDS,
        Resource.STATISTICS: LOOKS,
    },
}


def require(actor: Actor, action: Action, resource: Resource) -> None:
    """Raises Forbidden if the caller's role does not allow it."""
    if action not in PERMISSIONS.get(actor.role, {}).get(resource, frozenset()):
        raise Forbidden(f"The role {actor.role or 'of this caller'} may not {action} {resource}.")
