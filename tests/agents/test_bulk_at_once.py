"""What others do while a bulk action runs: nothing happens twice, and nobody waits in a circle."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from agents.errors import CallbackClosed
from agents.models import SLOT, AIAgent, Callback, Customer
from agents.services import bulk
from agents.services.bulk import BulkResult, Choice
from agents.services.callbacks import schedule_callback, update_callback
from agents.services.customers import update_customer
from agents.services.erasing import delete_agent
from core import tenancy
from core.actor import Actor
from core.testing.waiting import eventually
from tests.agents.bulk import booked
from tests.agents.callback_fields import entries, on
from tests.agents.factories import AIAgentFactory
from tests.stored import somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def system(ours) -> Actor:
    return Actor(kind="system", organization_id=ours.organization.pk)


@pytest.fixture
def callbacks(sarah) -> list[Callback]:
    return [booked(agent, on(7, day=number)) for number in range(8) for agent in [sarah, AIAgentFactory()]]


class Work(threading.Thread):
    """Something done on a connection of its own, and what came of it."""

    def __init__(self, organization_id, work: Callable[[], object]) -> None:
        super().__init__()
        self.organization_id, self.work = organization_id, work
        self.answer: object = None
        self.start()

    def run(self) -> None:
        try:
            with tenancy.scope(self.organization_id):
                self.answer = self.work()
        except Exception as error:
            self.answer = error
        finally:
            connection.close()


@pytest.fixture
def works(ours) -> Iterator[Callable[..., Work]]:
    """Begins works, and ends when they have."""
    begun: list[Work] = []

    def begin(work: Callable[[], object]) -> Work:
        begun.append(Work(ours.organization.pk, work))
        return begun[-1]

    yield begin
    for work in begun:
        work.join(20)
        assert not work.is_alive()


@contextmanager
def meanwhile(works, *begun: Callable[[], object]) -> Iterator[list[Work]]:
    """What the block does is not committed before those wait for it."""
    started: list[Work] = []
    with transaction.atomic():
        yield started
        for work in begun:
            started.append(works(work))
            assert eventually(somebody_waits_for_a_lock)
    for work in started:
        work.join(20)


def results(answer: object) -> list[str]:
    assert isinstance(answer, BulkResult), answer
    return [one.result for one in answer.results]


def test_the_second_of_two_finds_everything_done(works, system, callbacks):
    choice = Choice(ids=[callback.pk for callback in callbacks])

    def complete():
        return bulk.complete_callbacks(choice=choice, by=system)

    with meanwhile(works, complete) as second:
        assert results(complete()) == ["done"] * 16
    assert results(second[0].answer) == ["unchanged"] * 16
    assert len(entries()) == 16


def test_what_filters_match_no_more_is_left_out(works, system, callbacks):
    def cancel():
        return bulk.cancel_callbacks(choice=Choice(filters={"status": "scheduled"}), by=system)

    with meanwhile(works, cancel) as second:
        bulk.complete_callbacks(choice=Choice(ids=[callback.pk for callback in callbacks[4:]]), by=system)
    assert results(second[0].answer) == ["done"] * 4
    assert Callback.objects.filter(status="completed").count() == 12


def test_a_single_change_that_was_quicker_stands(works, system, callbacks):
    choice = Choice(ids=[callback.pk for callback in callbacks])
    with meanwhile(works, lambda: bulk.complete_callbacks(choice=choice, by=system)) as second:
        update_callback(callback_id=callbacks[3].pk, by=system, status="cancelled")
    assert results(second[0].answer) == ["done"] * 3 + ["failed"] + ["done"] * 12
    assert Callback.objects.get(pk=callbacks[3].pk).status == "cancelled"


def test_a_single_change_that_comes_later_is_refused(works, system, callbacks):
    first = callbacks[0]
    with meanwhile(works, lambda: update_callback(callback_id=first.pk, by=system, status="cancelled")) as second:
        bulk.complete_callbacks(choice=Choice(ids=[first.pk]), by=system)
    assert isinstance(second[0].answer, CallbackClosed)
    first.refresh_from_db()
    assert (first.status, first.cancelled_at) == ("completed", None)


def test_whoever_asks_not_to_be_called_is_not_moved_any_more(works, system, callbacks):
    first = callbacks[0]
    choice = Choice(ids=[first.pk])
    with meanwhile(
        works, lambda: bulk.reschedule_callbacks(choice=choice, by=system, new_datetime=on(12, day=30))
    ) as second:
        update_customer(customer_id=first.customer_id, by=system, do_not_call=True)
    assert results(second[0].answer) == ["failed"]
    first.refresh_from_db()
    assert (first.status, first.scheduled_datetime) == ("cancelled", on(7))


def test_two_that_move_to_the_same_time_share_the_slots(works, system, sarah):
    early, late = ([booked(sarah, on(hour, 15 * number)) for number in range(4)] for hour in (6, 7))

    def move(callbacks):
        choice = Choice(ids=[callback.pk for callback in callbacks])
        return bulk.reschedule_callbacks(choice=choice, by=system, new_datetime=on(10))

    with meanwhile(works, lambda: move(late)) as second:
        assert results(move(early)) == ["done"] * 4
    assert results(second[0].answer) == ["done"] * 4
    times = Callback.objects.order_by("scheduled_datetime").values_list("scheduled_datetime", flat=True)
    assert list(times) == [on(10) + SLOT * number for number in range(8)]


def test_of_a_deleted_agent_nothing_is_found(works, system, callbacks, sarah):
    choice = Choice(ids=[callback.pk for callback in callbacks])
    with meanwhile(works, lambda: bulk.complete_callbacks(choice=choice, by=system)) as second:
        delete_agent(agent_id=sarah.pk, by=system)
    assert results(second[0].answer) == ["failed", "done"] * 8
    assert not Customer.objects.filter(agent_id=sarah.pk).exists()


def test_an_agent_is_deleted_after_whoever_closes_its_callbacks(works, system, callbacks, sarah):
    choice = Choice(ids=[callback.pk for callback in callbacks])
    with meanwhile(works, lambda: delete_agent(agent_id=sarah.pk, by=system)) as second:
        assert results(bulk.complete_callbacks(choice=choice, by=system)) == ["done"] * 16
    assert not isinstance(second[0].answer, Exception)
    assert set(Callback.objects.values_list("status", flat=True)) == {"completed"}
    assert Callback.objects.count() == 8


def test_an_agent_is_deleted_after_whoever_holds_its_customers_only(works, system, callbacks, sarah):
    """Its callbacks are not touched before, or each would wait for the other."""
    first = callbacks[0]
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=first.customer_id)
        deletion = works(lambda: delete_agent(agent_id=sarah.pk, by=system))
        assert eventually(somebody_waits_for_a_lock)
        assert Callback.objects.filter(pk=first.pk).update(notes="Called back") == 1
    deletion.join(20)
    assert not isinstance(deletion.answer, Exception), deletion.answer
    assert not AIAgent.objects.filter(pk=sarah.pk).exists()


def test_an_agent_that_was_activated_meanwhile_is_not_deleted(works, system, in_scope):
    agent = AIAgentFactory(status="paused", created_at=on(7, day=-90))
    choice = Choice(filters={"status": "paused"})
    by_id = Choice(ids=[agent.pk])
    with meanwhile(works, lambda: bulk.delete_inactive_agents(choice=by_id, by=system)) as second:
        bulk.activate_agents(choice=choice, by=system)
    assert results(second[0].answer) == ["failed"]
    assert AIAgent.objects.get().status == "active"


def test_many_at_once_neither_deadlock_nor_do_anything_twice(works, system, callbacks, sarah):
    """Each in its own order, over the same customers and AI agents."""
    ids = [callback.pk for callback in callbacks]
    friend = callbacks[0].customer_id
    start = threading.Barrier(7)

    def together(work: Callable[[], object]) -> Callable[[], object]:
        def begin() -> object:
            start.wait()
            return work()

        return begin

    begun = [
        works(together(work))
        for work in (
            lambda: bulk.complete_callbacks(choice=Choice(ids=ids), by=system),
            lambda: bulk.complete_callbacks(choice=Choice(ids=ids[::-1]), by=system),
            lambda: bulk.cancel_callbacks(choice=Choice(ids=ids[5:] + ids[:5]), by=system),
            lambda: bulk.reschedule_callbacks(choice=Choice(ids=ids[::-1]), by=system, new_datetime=on(10, day=50)),
            lambda: bulk.reschedule_callbacks(choice=Choice(ids=ids), by=system, new_datetime=on(10, day=50)),
            lambda: update_customer(customer_id=callbacks[9].customer_id, by=system, do_not_call=True),
            lambda: schedule_callback(
                by=system, customer_id=callbacks[0].customer_id, scheduled_datetime=on(9, day=80)
            ),
        )
    ]
    for work in begun:
        work.join(20)
        assert not isinstance(work.answer, Exception), work.answer
    closing = [
        pk for _, pk, changes in entries() if changes.get("status", [None, None])[1] in {"completed", "cancelled"}
    ]
    assert sorted(closing) == sorted(map(str, ids))
    assert not Callback.objects.filter(pk__in=ids).exclude(status__in=["completed", "cancelled"]).exists()
    for customer in Customer.objects.all():
        expected = on(9, day=80) if customer.pk == friend else None
        assert customer.next_followup == expected
