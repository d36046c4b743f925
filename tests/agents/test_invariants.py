"""Whatever is done in whatever order: slots stay apart, follow-ups are the earliest, and counters equal the rows.

Hypothesis plays people, programs and beat, who schedule, move, close and delete callbacks one by one and in bulk, call
customers, and lose them. After each step all that is stored twice is compared with the rows that it is computed from.
"""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any, ClassVar
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

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
        # By their ids, the oldest first, those that are gone too: chance must not depend on random ids.
        self.callbacks: list[UUID] = []
        self.customers: list[UUID] = []
        self.calls: list[UUID] = []

    def teardown(self) -> None:
        self.clock.stop()
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    def attempt(self, service: Any, **said: Any) -> Any:
        """What it comes to; None if it is refused, and then nothing is another."""
        before = stored()
        try:
            done = service(by=self.by, **said)
        except SwitchboardError:
            assert stored() == before
            return None
        known = {*self.callbacks, *self.customers, *self.calls}
        for model, ids in ((Callback, self.callbacks), (Customer, self.customers), (Call, self.calls)):
            ids += [pk for pk in model.objects.order_by("created_at").values_list("pk", flat=True) if pk not in known]
        return done

    def at(self, later: int) -> datetime:
        return datetime.now(UTC) + timedelta(minutes=later)

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
    @rule(number=which, status=st.sampled_from(["in_progress", "completed", "cancelled", "scheduled"]))
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
        said = {"outcome": outcome, "interest_level": level, "started_at": self.at(-ago)}
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
    @rule(number=which, refused=st.booleans())
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
    def slots_are_apart_within_hours_and_daily_limits(self) -> None:
        for agent in AIAgent.objects.all():
            hours = Hours.of(agent)
            rows = list(Callback.objects.filter(agent=agent).order_by("scheduled_datetime"))
            opened = [row for row in rows if row.status in OPEN]
            assert all(row.ends_at <= following.scheduled_datetime for row, following in pairwise(opened))
            assert all(hours.holds(row.scheduled_datetime) for row in rows)
            days = Counter(hours.day_of(row.scheduled_datetime) for row in rows if row.status != "cancelled")
            assert max(days.values(), default=0) <= agent.max_daily_calls

    @invariant()
    def customers_equal_their_rows(self) -> None:
        for customer in Customer.objects.prefetch_related("callbacks", "calls"):
            callbacks, calls = customer.callbacks.all(), customer.calls.all()
            opened = [row.scheduled_datetime for row in callbacks if row.status in OPEN]
            assert customer.next_followup == min(opened, default=None)
            assert customer.total_calls == len(calls)
            assert customer.last_call_at == max((call.started_at for call in calls), default=None)
            assert (customer.converted_at is not None) == (customer.interest_level == "converted")
            assert not (customer.do_not_call and any(row.status in WAITING for row in callbacks))

    @invariant()
    def agents_equal_their_rows(self) -> None:
        for agent in AIAgent.objects.prefetch_related("calls", "customers"):
            calls = agent.calls.all()
            assert agent.total_calls == len(calls)
            assert agent.successful_calls == sum(call.status == "completed" for call in calls)
            assert agent.conversions == sum(customer.converted_at is not None for customer in agent.customers.all())
            assert agent.last_call_at == max((call.started_at for call in calls), default=None)

    @invariant()
    def callbacks_say_when_what_they_are_became_so(self) -> None:
        for row in Callback.objects.all():
            assert (row.completed_at is not None) == (row.status == "completed")
            assert (row.cancelled_at is not None) == (row.status == "cancelled")
            assert row.started_at is not None or row.status != "in_progress"
            assert row.started_at is None or row.status not in WAITING
            assert row.status != "rescheduled" or row.reschedule_count > 0
            assert row.status != "scheduled" or row.reschedule_count == 0


def nth(ids: list[UUID], number: int) -> UUID:
    """One of them, counted from the newest."""
    return ids[-1 - number % len(ids)]


def stored() -> list[Any]:
    """All rows there are."""
    return [list(model.objects.order_by("pk").values()) for model in (AIAgent, Customer, Callback, Call)]


def test_whatever_is_done_what_is_stored_twice_stays_right(ours, in_scope):
    Organization.by = Actor(kind="user", organization_id=in_scope.pk, user_id=ours.admin.pk, role="admin")
    run_state_machine_as_test(
        Organization,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
