"""Callbacks whose time has come begin: from now on they are to be called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from agents.models import AIAgent, Callback, CallbackStatus, Customer
from agents.selectors.due import READY, agents_with_due, startable
from agents.services.due.allowances import calls_left
from agents.services.due.portion import MOST_AT_ONCE
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.scheduling import Hours
from agents.services.telling import tell_many
from audit import services as audit


@dataclass(frozen=True, slots=True)
class Attempt:
    """How many of an agent's callbacks were looked at, and whether some are left that may begin at the next look."""

    chosen: int
    some_are_left: bool


NOTHING: Final = Attempt(0, some_are_left=True)


def start_due(now: datetime) -> bool:
    """Start callbacks of the agents that are ready and at work, as many as each may still call today, 500 in all.

    The most urgent of an agent's come first, then those that have waited longest. Returns whether some are left that
    may begin at the next look: there was no room for them, or somebody holds them.
    """
    agents = [agent for agent in agents_with_due(now=now) if _is_at_work(agent, now)]
    left = calls_left(agents, now=now)
    room, some_are_left = MOST_AT_ONCE, False
    for agent in agents:
        if left[agent.pk] > 0:
            attempt = _start(agent.pk, now=now, room=room) if room else NOTHING
            room -= attempt.chosen
            some_are_left |= attempt.some_are_left
    return some_are_left


@transaction.atomic
def _start(agent_id: UUID, *, now: datetime, room: int) -> Attempt:
    """Start an agent's. Whatever somebody else holds is left to the next look: he may well be changing it."""
    agents = AIAgent.objects.filter(READY, pk=agent_id)
    agent = agents.select_for_update(no_key=True, skip_locked=True).first()
    if agent is None:
        return NOTHING
    may_call = max(calls_left([agent], now=now)[agent.pk], 0) if _is_at_work(agent, now) else 0
    due = startable(now=now).filter(agent=agent)
    chosen = dict(due.values_list("pk", "customer_id")[: min(room, may_call)])
    callbacks = _locked(agent, due, chosen)
    before = {callback.pk: callback_shown(callback) for callback in callbacks}
    for callback in callbacks:
        callback.status, callback.started_at, callback.updated_at = CallbackStatus.IN_PROGRESS, now, now
    after = {callback.pk: callback_shown(callback) for callback in callbacks}
    Callback.objects.filter(pk__in=list(after)).update(
        status=CallbackStatus.IN_PROGRESS, started_at=now, updated_at=now
    )
    audit.record_many(
        action="execute",
        resource_type=CALLBACK,
        resource_ids=list(after),
        changes={pk: changes_between(before[pk], after[pk]) for pk in after},
    )
    tell_many("callback.started", agent, list(after.values()))
    return Attempt(len(chosen), some_are_left=len(callbacks) < len(chosen) or len(chosen) == room < may_call)


def _locked(agent: AIAgent, due: QuerySet[Callback], chosen: Mapping[UUID, UUID]) -> Sequence[Callback]:
    """Of the chosen ones, given with their customers, those that nobody holds: locked after the customers, who come
    along."""
    rows = Customer.objects.filter(pk__in=set(chosen.values()), do_not_call=False).order_by("pk")
    customers = {row.pk: row for row in rows.select_for_update(no_key=True, skip_locked=True)}
    held = due.filter(pk__in=list(chosen), customer__in=list(customers))
    callbacks = list(held.select_for_update(no_key=True, skip_locked=True, of=("self",)))
    for callback in callbacks:
        callback.agent, callback.customer = agent, customers[callback.customer_id]
    return callbacks


def _is_at_work(agent: AIAgent, now: datetime) -> bool:
    hours = Hours.of(agent)
    begin, end = hours.window(hours.day_of(now))
    return begin <= now < end
