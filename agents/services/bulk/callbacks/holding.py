"""Holding the callbacks of a bulk action, in the order of `agents.services.locking`, and reading them only then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from agents.models import AIAgent, Callback, Customer
from agents.selectors.callbacks import callbacks_matching
from agents.selectors.pages import fetched
from agents.selectors.seen import callbacks_seen_by
from agents.services.bulk.choosing import Choice, found, still_chosen
from agents.services.locking import lock_agents
from core.actor import Actor
from core.lookups import among


class Row(NamedTuple):
    """What there is to know of a callback. Ten thousand model objects would take longer than all the rest."""

    id: UUID
    agent_id: UUID
    customer_id: UUID
    status: str
    scheduled_datetime: datetime
    ends_at: datetime
    priority_level: int
    outcome: str
    started_at: datetime | None
    reschedule_count: int


@dataclass(frozen=True, slots=True)
class Held:
    """Callbacks by time, which nobody else changes until the transaction ends, nor who their customers are.

    `not_to_call` are the customers who asked for that. `agents` are held too, if that was asked for.
    """

    rows: Sequence[Row]
    not_to_call: frozenset[UUID]
    agents: Mapping[UUID, AIAgent]


def hold(choice: Choice, *, by: Actor, with_agents: bool = False) -> Held:
    """Those of the choice that the caller sees. Raises TooManyMatches.

    What somebody else changed while this waited for him is as he left it; what filters match no more is not in it.
    """
    if choice.ids is not None:
        matching = callbacks_seen_by(by).filter(among("pk", choice.ids))
    else:
        matching = callbacks_matching(by, **(choice.filters or {}))
    chosen = found(matching, "pk", "agent_id", "customer_id")
    agents = lock_agents({agent_id for _, agent_id, _ in chosen}) if with_agents else {}
    customers = Customer.objects.filter(among("pk", {customer_id for _, _, customer_id in chosen})).order_by("pk")
    refusing = dict(customers.select_for_update(no_key=True).values_list("pk", "do_not_call"))
    callbacks = Callback.objects.filter(among("pk", [pk for pk, _, _ in chosen])).order_by("pk")
    held = [Row(**row) for row in fetched(callbacks.select_for_update(no_key=True).values(*Row._fields))]
    chosen_still = still_chosen(choice, matching, {row.id for row in held})
    return Held(
        rows=sorted((row for row in held if row.id in chosen_still), key=lambda row: (row.scheduled_datetime, row.id)),
        not_to_call=frozenset(pk for pk, do_not_call in refusing.items() if do_not_call),
        agents=agents,
    )
