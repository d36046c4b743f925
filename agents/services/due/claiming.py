"""Callbacks of which somebody is to be told: whoever locks one tells of it, and nobody else does."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db.models import Q

from agents.models import AIAgent, Callback
from agents.services.due.portion import MOST_AT_ONCE


def claim(*conditions: Q) -> Sequence[Callback]:
    """Lock the callbacks of each condition that nobody holds, the earliest first, 500 in all. Call it in a transaction.

    Their customers come along, and their AI agents with the people who look after them. None of these is locked.
    """
    callbacks: list[Callback] = []
    for condition in conditions:
        rows = Callback.objects.filter(condition).select_related("customer").order_by("scheduled_datetime", "pk")
        unheld = rows.select_for_update(no_key=True, skip_locked=True, of=("self",))
        callbacks += unheld[: MOST_AT_ONCE - len(callbacks)]
    callbacks.sort(key=lambda row: (row.scheduled_datetime, row.pk))
    of_them = AIAgent.objects.filter(pk__in={callback.agent_id for callback in callbacks})
    people = of_them.select_related("assigned_to", "owner").defer("business_info", "sales_goals", "initial_script")
    agents = {agent.pk: agent for agent in people} if callbacks else {}
    for callback in callbacks:
        callback.agent = agents[callback.agent_id]
    return callbacks


def by_agent(callbacks: Sequence[Callback]) -> Iterator[tuple[AIAgent, Sequence[Callback]]]:
    """Each AI agent with its callbacks."""
    for _, group in groupby(sorted(callbacks, key=lambda row: row.agent_id), key=lambda row: row.agent_id):
        rows = list(group)
        yield rows[0].agent, rows
