"""What many do at the same moment: slots, daily limits and follow-ups stay right, whatever races."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from agents.errors import DailyLimitReached, SlotTaken
from agents.models import OPEN, AIAgent, Callback, Customer
from agents.services.callbacks import delete_callback, schedule_callback, update_callback
from agents.services.customers import delete_customer
from core import tenancy
from core.actor import Actor
from core.errors import SwitchboardError
from core.testing.waiting import eventually
from tests.agents.callback_fields import on
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory
from tests.conftest import Company
from tests.stored import audited, somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
BY_HAND = """
    INSERT INTO agents_callback (id, organization_id, agent_id, customer_id, scheduled_datetime, ends_at, status,
        priority_level, reason, notes, expected_outcome, outcome, reschedule_count, created_at, updated_at)
    SELECT gen_random_uuid(), organization_id, agent_id, id, %s, %s, %s, 3, '', '', '', '', 0, now(), now()
    FROM agents_customer WHERE id = %s
"""


@pytest.fixture
def by(ours) -> Actor:
    return Actor(kind="user", organization_id=ours.organization.pk, user_id=ours.admin.pk, role="admin")


@pytest.fixture
def sarah(ours) -> AIAgent:
    with tenancy.scope(ours.organization.pk):
        return AIAgentFactory(owner=ours.client)


@pytest.fixture
def john(ours, sarah) -> Customer:
    with tenancy.scope(ours.organization.pk):
        return CustomerFactory(agent=sarah)


def at_once(ours: Company, works: list[Callable[[], object]]) -> list[str]:
    """Do all at once, each on a connection of its own. Returns what each came to: its error's code, or `done`."""
    start, outcomes = threading.Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        try:
            with tenancy.scope(ours.organization.pk):
                start.wait()
                work()
            outcomes.append("done")
        except SwitchboardError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == len(works)
    return sorted(outcomes)


def by_hand(customer: Customer, at: datetime, *, status: str = "scheduled", minutes: int = 15) -> None:
    """Insert a callback as somebody with a database console would."""
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, [at, at + minutes * MINUTE, status, customer.pk])


def assert_all_is_well() -> None:
    """No two open callbacks of an agent touch, and follow-ups are the earliest of them."""
    rows = list(Callback.unscoped.filter(status__in=OPEN).order_by("agent", "scheduled_datetime"))
    for row, following in pairwise(rows):
        assert row.agent_id != following.agent_id or row.ends_at <= following.scheduled_datetime
    for customer in Customer.unscoped.all():
        earliest = min((row.scheduled_datetime for row in rows if row.customer_id == customer.pk), default=None)
        assert customer.next_followup == earliest


def test_one_of_many_gets_the_slot(ours, by, sarah):
    works = [
        lambda number=number: schedule_callback(
            by=by, agent_id=sarah.pk, customer_phone=f"+3361234567{number}", scheduled_datetime=on(10, number)
        )
        for number in range(8)
    ]
    assert at_once(ours, works) == ["done", *["slot_taken"] * 7]
    assert Callback.unscoped.count() == Customer.unscoped.count() == 1
    assert_all_is_well()


def test_a_new_number_is_one_customer_for_all_who_call_it_first(ours, by, sarah):
    works = [
        lambda number=number: schedule_callback(
            by=by, agent_id=sarah.pk, customer_phone="+33612345678", scheduled_datetime=on(9 + number)
        )
        for number in range(8)
    ]
    assert at_once(ours, works) == ["done"] * 8
    assert Customer.unscoped.get().next_followup == on(9)
    assert Callback.unscoped.count() == 8


def test_a_day_has_as_many_as_its_limit(ours, by, sarah, john):
    AIAgent.unscoped.update(max_daily_calls=3)
    works = [
        lambda number=number: schedule_callback(by=by, customer_id=john.pk, scheduled_datetime=on(9 + number))
        for number in range(8)
    ]
    assert at_once(ours, works) == [*["daily_limit_reached"] * 5, *["done"] * 3]
    assert Callback.unscoped.count() == 3
    assert_all_is_well()


def test_moving_to_one_slot_moves_one(ours, by, sarah, john):
    with tenancy.scope(ours.organization.pk):
        rows = [CallbackFactory(customer=john, scheduled_datetime=on(9 + number)) for number in range(6)]
    works = [
        lambda row=row, number=number: update_callback(callback_id=row.pk, by=by, scheduled_datetime=on(20, number))
        for number, row in enumerate(rows)
    ]
    works += [lambda: schedule_callback(by=by, customer_id=john.pk, scheduled_datetime=on(20))]
    assert at_once(ours, works) == ["done", *["slot_taken"] * 6]
    assert_all_is_well()


def test_whoever_does_different_things_to_the_same_callbacks_waits_for_nobody_in_a_circle(ours, by, sarah):
    with tenancy.scope(ours.organization.pk):
        customers = [CustomerFactory(agent=sarah) for _ in range(3)]
        rows = [
            CallbackFactory(customer=customers[number % 3], scheduled_datetime=on(9 + number)) for number in range(9)
        ]

    def all_of(do: Callable[[Callback, int], object], order: int) -> Callable[[], None]:
        def work() -> None:
            for number, row in list(enumerate(rows))[::order]:
                try:
                    do(row, number)
                except SwitchboardError as error:
                    assert error.code in {"not_found", "callback_closed", "slot_taken"}  # noqa: PT017 -- any of them

        return work

    works = [
        all_of(lambda row, _: update_callback(callback_id=row.pk, by=by, status="cancelled"), 1),
        all_of(lambda row, _: update_callback(callback_id=row.pk, by=by, status="completed"), -1),
        all_of(lambda row, _: delete_callback(callback_id=row.pk, by=by), -1),
        all_of(
            lambda _, number: schedule_callback(
                by=by, customer_id=customers[-number % 3].pk, scheduled_datetime=on(9 + number, day=1)
            ),
            1,
        ),
        lambda: delete_customer(customer_id=customers[1].pk, by=by),
    ]
    outcomes = at_once(ours, works)
    assert outcomes == ["done"] * 5
    assert_all_is_well()


@pytest.mark.parametrize(
    ("at", "minutes", "constraint"),
    [
        (on(10), 15, "callback_slots_apart"),
        (on(9, 46), 15, "callback_slots_apart"),
        (on(10, 14), 15, "callback_slots_apart"),
        (on(12), 16, "callback_slot_length"),
        (on(12), 0, "callback_slot_length"),
    ],
    ids=str,
)
def test_the_database_itself_refuses_overlaps(ours, john, at, minutes, constraint):
    by_hand(john, on(10))
    with pytest.raises(IntegrityError, match=constraint):
        by_hand(john, at, minutes=minutes)
    assert Callback.unscoped.count() == 1


def test_the_database_takes_what_does_not_overlap(ours, john):
    by_hand(john, on(10))
    for at, status in ((on(9, 45), "scheduled"), (on(10, 15), "in_progress"), (on(10), "completed")):
        by_hand(john, at, status=status)
    with tenancy.scope(ours.organization.pk):
        by_hand(CustomerFactory(), on(10))
    with pytest.raises(IntegrityError, match="callback_slots_apart"):
        Callback.unscoped.filter(status="completed").update(status="rescheduled")
    assert Callback.unscoped.count() == 5


def test_one_statement_may_put_a_callback_where_another_was(ours, john):
    for minute in (0, 15, 30):
        by_hand(john, on(10, minute))
    later = {name: F(name) + 15 * MINUTE for name in ("scheduled_datetime", "ends_at")}
    assert Callback.unscoped.update(**later) == 3


def while_somebody_writes_by_hand(ours, customer: Customer, at: datetime, work: Callable[[], object]) -> object:
    """What `work` comes to that waits for a row which is being inserted past all services."""
    outcomes: list[object] = []

    def run() -> None:
        try:
            with tenancy.scope(ours.organization.pk):
                outcomes.append(work())
        except SwitchboardError as error:
            outcomes.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        by_hand(customer, at)
        thread.start()
        assert eventually(somebody_waits_for_a_lock)
    thread.join(10)
    [outcome] = outcomes
    return outcome


def test_whoever_loses_against_a_row_by_hand_is_told_that_the_slot_is_taken(ours, by, sarah, john):
    refused = while_somebody_writes_by_hand(
        ours,
        john,
        on(10),
        lambda: schedule_callback(
            by=by, agent_id=sarah.pk, customer_phone="+33612345678", scheduled_datetime=on(10, 5)
        ),
    )
    assert isinstance(refused, SlotTaken)
    assert refused.fields["scheduled_datetime"][0].endswith("The next free time is 2030-01-07T10:15:00Z.")
    assert Callback.unscoped.get().scheduled_datetime == on(10)
    assert Customer.unscoped.get() == john
    assert audited_by(ours) == []


def test_whoever_moves_and_loses_against_a_row_by_hand_stays_where_he_was(ours, by, john):
    with tenancy.scope(ours.organization.pk):
        row = schedule_callback(by=by, customer_id=john.pk, scheduled_datetime=on(12))
    told = audited_by(ours)
    refused = while_somebody_writes_by_hand(
        ours, john, on(10), lambda: update_callback(callback_id=row.pk, by=by, scheduled_datetime=on(9, 50))
    )
    assert isinstance(refused, SlotTaken)
    assert refused.fields["scheduled_datetime"][0].endswith("The next free time is 2030-01-07T10:15:00Z.")
    stays = Callback.unscoped.get(pk=row.pk)
    assert (stays.scheduled_datetime, stays.status, stays.reschedule_count) == (on(12), "scheduled", 0)
    assert audited_by(ours) == told


def test_a_limit_that_is_lowered_meanwhile_holds(ours, by, sarah, john):
    outcomes: list[object] = []

    def schedule() -> None:
        try:
            with tenancy.scope(ours.organization.pk):
                outcomes.append(schedule_callback(by=by, customer_id=john.pk, scheduled_datetime=on(12)))
        except SwitchboardError as error:
            outcomes.append(error)
        finally:
            connection.close()

    with tenancy.scope(ours.organization.pk):
        CallbackFactory(customer=john, scheduled_datetime=on(10))
    thread = threading.Thread(target=schedule)
    with transaction.atomic():
        AIAgent.unscoped.filter(pk=sarah.pk).update(max_daily_calls=1)
        thread.start()
        assert eventually(somebody_waits_for_a_lock)
    thread.join(10)
    assert isinstance(outcomes[0], DailyLimitReached)
    assert Callback.unscoped.count() == 1


def audited_by(ours: Company) -> list[dict]:
    with tenancy.scope(ours.organization.pk):
        return audited()
