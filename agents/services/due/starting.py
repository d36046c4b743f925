"""Callbacks whose time has come begin: from now on they are to be called."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from agents.models import AIAgent, Callback, CallbackStatus, Customer
from agents.selectors.due import READY, agents_with_due, startable
from agents.services.due.allowances import calls_left
from agents.services.due.portion import MOST_AT_ONCE
from agents.services.facts import CALLBACK, callback_shown, changes_between
from agents.services.scheduling import Hours
from agents.services.telling import tell_many
from audit import services as audit


def start_due(now: datetime) -> int:
    """Start callbacks of the agents that are ready and at work, as many as each may still call today.

    The most urgent of an agent's come first, then those that have waited longest. Returns how many were started.
    """
    agents = [agent for agent in agents_with_due(now=now) if _is_at_work(agent, now)]
    left = calls_left(agents, now=now)
    started = 0
    for agent in agents:
        if left[agent.pk] > 0 and started < MOST_AT_ONCE:
            started += _start(agent.pk, now=now, most=MOST_AT_ONCE - started)
    return started


@transaction.atomic
def _start(agent_id: UUID, *, now: datetime, most: int) -> int:
    """Start an agent's. Whatever somebody else holds is left to the next look: he may well be changing it."""
    agents = AIAgent.objects.filter(READY, pk=agent_id)
    agent = agents.select_for_update(no_key=True, skip_locked=True).first()
    if agent is None or not _is_at_work(agent, now):
        return 0
    most = min(most, calls_left([agent], now=now)[agent.pk])
    callbacks = _locked(agent, now=now, most=max(most, 0))
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
    return len(callbacks)


def _locked(agent: AIAgent, *, now: datetime, most: int) -> Sequence[Callback]:
    """The next `most` of the agent's callbacks, after their customers, who come along."""
    due = startable(now=now).filter(agent=agent)
    chosen = dict(due.values_list("pk", "customer_id")[:most])
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
