"""Lists of AI agents."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import now

from agents.models import AgentStatus, AIAgent
from agents.selectors.seen import agents_seen_by
from core.actor import Actor
from core.folding import contains, folded

ORDERS: Final = ("created_at", "name", "status", "training_level", "total_calls", "conversions", "last_call_at")


class AgentFilters(TypedDict, total=False):
    """Which AI agents; all that is said holds. `inactive_days`: neither made nor on a call for that many days."""

    status: str
    personality_type: str
    training_level_gt: int
    training_level_lt: int
    inactive_days: int
    owner_id: UUID
    search: str


@dataclass(frozen=True, slots=True)
class AgentsPage:
    """A part of the AI agents that match, how many there are in all, and in which status."""

    items: Sequence[AIAgent]
    total_count: int
    summary: Mapping[str, int]


def named(text: str) -> Q:
    """Whose name has the text in it, whatever the case and the accents of either."""
    return Q(contains(folded(F("name")), text))


CONDITIONS: Final[Mapping[str, Callable[[Any], Q]]] = {
    "status": lambda status: Q(status=status),
    "personality_type": lambda personality: Q(personality_type=personality),
    "training_level_gt": lambda level: Q(training_level__gt=level),
    "training_level_lt": lambda level: Q(training_level__lt=level),
    "inactive_days": lambda days: Q(last_seen__lte=now() - timedelta(days=days)),
    "owner_id": lambda owner_id: Q(owner=owner_id),
    "search": named,
}
COUNTS: Final = {"total": Count("*")} | {name: Count("pk", filter=Q(status=name)) for name in AgentStatus.values}


def agents_matching(actor: Actor, **filters: Unpack[AgentFilters]) -> QuerySet[AIAgent]:
    """Those that the caller sees, in no order that matters."""
    seen = agents_seen_by(actor).alias(last_seen=Coalesce("last_call_at", "created_at"))
    conditions = [CONDITIONS[name](value) for name, value in filters.items()]
    return seen.filter(*conditions)


def agents_page(
    actor: Actor, *, limit: int, offset: int, ordering: str = "-created_at", **filters: Unpack[AgentFilters]
) -> AgentsPage:
    """`limit` of them after the first `offset`. Those that never called come last when ordered by their last call."""
    matching = agents_matching(actor, **filters)
    counts = matching.order_by().aggregate(**COUNTS)
    total, active = counts.pop("total"), counts.pop("active")
    column = F(ordering.removeprefix("-"))
    order = column.desc(nulls_last=True) if ordering.startswith("-") else column.asc(nulls_last=True)
    return AgentsPage(
        items=list(matching.order_by(order, "pk")[offset : offset + limit]),
        total_count=total,
        summary={"active": active, "inactive": total - active} | counts,
    )
