"""Whatever is done in whatever order: slots stay apart, follow-ups are the earliest, and counters equal the rows.

Hypothesis plays people, programs and beat, who schedule, move, close and delete callbacks one by one and in bulk, call
customers, and lose them. After each step all that is stored twice is compared with the rows that it is computed from.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from agents.models import OPEN, WAITING, AIAgent, Call, Callback, Customer
from agents.services.bulk import callbacks as bulk
from agents.services.bulk.choosing import Choice
from agents.services.callbacks import delete_callback, replace_callback, schedule_callback, update_callback
from agents.services.calling import record_call, update_call
from agents.services.customers import delete_customer, update_customer
from agents.services.due.overdue import mark_overdue
from agents.services.due.starting import start_due
from agents.services.scheduling import Hours
from core.actor import Actor
from core.errors import SwitchboardError
from tests.agents.factories import AIAgentFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2030, 3, 30, 6, tzinfo=UTC)  # the clock in Paris is changed the night after

which = st.integers(0, 9)
phones = st.sampled_from([f"+3361234567{number}" for number in range(4)])
minutes = st.integers(-2, 40).map(lambda quarters: quarters * 15) | st.integers(0, 3 * 24 * 60)
levels = st.sampled_from(["", "", "cold", "hot", "converted"])
ended = st.sampled_from(["completed", "completed", "no_answer", "busy"])
outcomes = st.sampled_from(["", "interested", "not_interested", "converted", "do_not_call"])
several = st.lists(which, max_size=6, unique=True)
filters = st.sampled_from([{"overdue": True}, {"today": True}, {"status": "scheduled"}, {}])


class Organization(RuleBasedStateMachine):
    """Two agents: one calls around the clock, the other for four hours a day and three times at most."""

    by: ClassVar[Actor]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.clock = time_machine.travel(MORNING, tick=False)
        self.now = self.clock.start()
        self.agents = [
            AIAgentFactory(timezone="America/New_York"),
            AIAgentFactory(
                timezone="Europe/Paris", working_hours_start=time(8), working_hours_end=time(12), max_daily_calls=3
            ),
        ]
        # By their ids, the oldest first: chance must not depend on random ids.
        self.callbacks: list[UUID] = []
        self.customers: list[UUID] = []
        self.calls: list[UUID] = []

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def attempt(self, service: Any, **said: Any) -> None:
        """Do it, unless it is refused."""
        with suppress(SwitchboardError):
            service(by=self.by, **said)

    def at(self, later: int) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=later)

    @initialize(hours=st.lists(st.integers(1, 20), min_size=4, max_size=4, unique=True))
    def begin_with_some(self, hours: list[int]) -> None:
        for number, hour in enumerate(hours):
            phone = f"+3361234567{number % 2}"
            self.attempt(
                schedule_callback,
                agent_id=self.agents[0].pk,
                customer_phone=phone,
                scheduled_datetime=self.at(hour * 60),
            )
        assert Callback.objects.count() == 4

    @rule(later=st.integers(1, 600))
    def time_goes_by(self, later: int) -> None:
        self.now.shift(timedelta(minutes=later))

    @rule(agent=st.integers(0, 1), phone=phones, later=minutes)
    def schedule(self, agent: int, phone: str, later: int) -> None:
        self.attempt(
            schedule_callback, agent_id=self.agents[agent].pk, customer_phone=phone, scheduled_datetime=self.at(later)
        )

    @precondition(lambda self: self.callbacks)
    @rule(number=which, later=minutes, service=st.sampled_from([update_callback, replace_callback]))
    def reschedule(self, number: int, later: int, service: Any) -> None:
        self.attempt(service, callback_id=nth(self.callbacks, number), scheduled_datetime=self.at(later))

    @precondition(lambda self: self.callbacks)
    @rule(number=which, status=st.sampled_from(["in_progress", "in_progress", "completed", "cancelled"]))
    def set_status(self, number: int, status: str) -> None:
        self.attempt(update_callback, callback_id=nth(self.callbacks, number), status=status)

    @precondition(lambda self: self.callbacks)
    @rule(number=which)
    def delete(self, number: int) -> None:
        self.attempt(delete_callback, callback_id=nth(self.callbacks, number))

    @precondition(lambda self: self.callbacks)
    @rule(
        chosen=several | filters,
        action=st.sampled_from([bulk.complete_callbacks, bulk.cancel_callbacks, bulk.delete_completed_callbacks]),
    )
    def close_many(self, chosen: Any, action: Any) -> None:
        self.attempt(action, choice=self.choice(chosen))

    @precondition(lambda self: self.callbacks)
    @rule(chosen=several | filters, later=minutes)
    def reschedule_many(self, chosen: Any, later: int) -> None:
        self.attempt(bulk.reschedule_callbacks, choice=self.choice(chosen), new_datetime=self.at(later))

    def choice(self, chosen: Any) -> Choice:
        if isinstance(chosen, dict):
            return Choice(filters=chosen)
        return Choice(ids=list(dict.fromkeys(nth(self.callbacks, number) for number in chosen)))

    @rule(agent=st.integers(0, 1), phone=phones, status=ended, outcome=outcomes, level=levels, ago=st.integers(0, 90))
    def call(self, agent: int, phone: str, status: str, outcome: str, level: str, ago: int) -> None:
        said = {"outcome": outcome, "interest_level": level} if status == "completed" else {}
        said["started_at"] = self.at(-ago)
        self.attempt(record_call, agent_id=self.agents[agent].pk, customer_phone=phone, status=status, **said)

    @precondition(lambda self: self.callbacks)
    @rule(number=which, status=st.sampled_from(["in_progress", "completed", "no_answer"]), outcome=outcomes)
    def call_back(self, number: int, status: str, outcome: str) -> None:
        callback = Callback.objects.filter(pk=nth(self.callbacks, number)).first()
        if callback is not None:
            said = {} if status != "completed" else {"outcome": outcome}
            self.attempt(record_call, customer_id=callback.customer_id, callback_id=callback.pk, status=status, **said)

    @precondition(lambda self: self.calls)
    @rule(number=which, status=ended, outcome=outcomes, level=levels)
    def end_call(self, number: int, status: str, outcome: str, level: str) -> None:
        said = {"outcome": outcome, "interest_level": level} if status == "completed" else {}
        self.attempt(update_call, call_id=nth(self.calls, number), status=status, **said)

    @precondition(lambda self: self.customers)
    @rule(number=which, refused=st.sampled_from([True, True, False]))
    def ask_not_to_be_called(self, number: int, refused: bool) -> None:
        self.attempt(update_customer, customer_id=nth(self.customers, number), do_not_call=refused)

    @precondition(lambda self: self.customers)
    @rule(number=which, level=st.sampled_from(["cold", "warm", "hot", "converted"]))
    def be_interested(self, number: int, level: str) -> None:
        self.attempt(update_customer, customer_id=nth(self.customers, number), interest_level=level)

    @precondition(lambda self: self.customers)
    @rule(number=which)
    def lose_customer(self, number: int) -> None:
        self.attempt(delete_customer, customer_id=nth(self.customers, number))

    @rule()
    def beat(self) -> None:
        start_due(datetime.now(UTC))
        mark_overdue(datetime.now(UTC))

    @invariant()
    def what_is_stored_twice_is_right(self) -> None:
        rows = Rows()
        remember(self.callbacks, rows.callbacks)
        remember(self.customers, rows.customers)
        remember(self.calls, rows.calls)
        for agent in rows.agents:
            check_agent(agent, rows)
            check_slots(agent, [row for row in rows.callbacks if row.agent_id == agent.pk])
        for customer in rows.customers:
            check_customer(customer, rows)
        for callback in rows.callbacks:
            check_callback(callback)


def remember(ids: list[UUID], rows: Sequence[Callback | Customer | Call]) -> None:
    """Forget those that are gone, and add the new ones in an order that chance knows, too."""
    there = {row.pk for row in rows}
    ids[:] = [pk for pk in ids if pk in there]
    ids += [row.pk for row in rows if row.pk not in ids]


class Rows:
    """All there are."""

    def __init__(self) -> None:
        self.agents = list(AIAgent.objects.all())
        self.customers = list(Customer.objects.order_by("phone_number", "created_at"))
        self.callbacks = list(Callback.objects.order_by("scheduled_datetime"))
        self.calls = list(Call.objects.order_by("created_at"))


def check_slots(agent: AIAgent, callbacks: list[Callback]) -> None:
    hours = Hours.of(agent)
    opened = [row for row in callbacks if row.status in OPEN]
    assert all(row.ends_at <= following.scheduled_datetime for row, following in pairwise(opened))
    assert all(hours.holds(row.scheduled_datetime) for row in callbacks)
    days = Counter(hours.day_of(row.scheduled_datetime) for row in callbacks if row.status != "cancelled")
    assert max(days.values(), default=0) <= agent.max_daily_calls


def check_customer(customer: Customer, rows: Rows) -> None:
    callbacks = [row for row in rows.callbacks if row.customer_id == customer.pk]
    calls = [call for call in rows.calls if call.customer_id == customer.pk]
    opened = [row.scheduled_datetime for row in callbacks if row.status in OPEN]
    assert customer.next_followup == min(opened, default=None)
    assert customer.total_calls == len(calls)
    assert customer.last_call_at == max((call.started_at for call in calls), default=None)
    assert (customer.converted_at is not None) == (customer.interest_level == "converted")
    assert not (customer.do_not_call and any(row.status in WAITING for row in callbacks))


def check_agent(agent: AIAgent, rows: Rows) -> None:
    calls = [call for call in rows.calls if call.agent_id == agent.pk]
    converts = [row for row in rows.customers if row.agent_id == agent.pk and row.converted_at is not None]
    assert agent.total_calls == len(calls)
    assert agent.successful_calls == sum(call.status == "completed" for call in calls)
    assert agent.conversions == len(converts)
    assert agent.last_call_at == max((call.started_at for call in calls), default=None)


def check_callback(row: Callback) -> None:
    """It says when it became what it is."""
    assert (row.completed_at is not None) == (row.status == "completed")
    assert (row.cancelled_at is not None) == (row.status == "cancelled")
    assert row.started_at is not None or row.status != "in_progress"
    assert row.started_at is None or row.status not in WAITING
    assert row.status != "rescheduled" or row.reschedule_count > 0
    assert row.status != "scheduled" or row.reschedule_count == 0


def nth(ids: list[UUID], number: int) -> UUID:
    """One of them, counted from the newest."""
    return ids[-1 - number % len(ids)]


def test_whatever_is_done_what_is_stored_twice_stays_right(ours, in_scope):
    Organization.by = Actor(kind="user", organization_id=in_scope.pk, user_id=ours.admin.pk, role="admin")
    run_state_machine_as_test(
        Organization,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
