"""An event that is named by what it is about is published once, however often that is tried."""

from threading import Event as Flag
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import outbox, tenancy
from core.outbox.models import OutboxEvent
from core.testing.waiting import eventually
from tests.stored import somebody_waits_for_a_lock
from tests.threads import at_once

FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)


def stored() -> dict[UUID, int]:
    return {event.pk: event.payload["n"] for event in OutboxEvent.objects.all()}


def test_the_first_one_stays_as_it_is(inbox, in_scope):
    assert outbox.publish("test.one", {"n": 1}, event_id=FIRST, once=True) == FIRST
    assert outbox.publish("test.one", {"n": 2}, event_id=FIRST, once=True) == FIRST
    assert stored() == {FIRST: 1}
    assert outbox.relay("test.one") == 1
    outbox.publish("test.one", {"n": 3}, event_id=FIRST, once=True)
    assert outbox.relay("test.one") == 0
    assert inbox.payloads == [{"n": 1}]


def test_without_it_a_second_one_is_an_error_and_nothing_is_published(inbox, in_scope):
    outbox.publish("test.one", {"n": 1}, event_id=FIRST)
    with pytest.raises(IntegrityError), transaction.atomic():
        outbox.publish("test.one", {"n": 2}, event_id=FIRST)
    assert stored() == {FIRST: 1}


def test_of_many_those_that_are_new_are_published_in_one_statement(inbox, in_scope):
    outbox.publish("test.one", {"n": 1}, event_id=FIRST)
    ids = [SECOND, FIRST, THIRD, SECOND]
    with CaptureQueriesContext(connection) as queries:
        outbox.publish_many("test.one", [{"n": n} for n in (2, 20, 3, 200)], event_ids=ids)
    assert len(queries) == 1
    assert stored() == {FIRST: 1, SECOND: 2, THIRD: 3}


@pytest.mark.parametrize("ids", [[FIRST], [FIRST, SECOND, THIRD], []], ids=["too few", "too many", "none"])
def test_as_many_ids_as_payloads_or_nothing_is_published(inbox, in_scope, ids):
    with pytest.raises(ValueError, match="2 payloads"), transaction.atomic():
        outbox.publish_many("test.one", [{"n": 1}, {"n": 2}], event_ids=ids)
    assert stored() == {}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first_commits", [True, False])
def test_of_two_at_once_the_second_waits_for_what_becomes_of_the_first(inbox, ours, first_commits):
    is_written = Flag()

    def first() -> None:
        with transaction.atomic():
            outbox.publish("test.one", {"n": 1}, event_id=FIRST, once=True)
            is_written.set()
            eventually(somebody_waits_for_a_lock)
            transaction.set_rollback(not first_commits)

    def second() -> None:
        assert is_written.wait(10)
        with transaction.atomic():
            outbox.publish("test.one", {"n": 2}, event_id=FIRST, once=True)

    at_once([first, second], organization_id=ours.organization.pk)
    with tenancy.scope(ours.organization.pk):
        assert stored() == {FIRST: 1 if first_commits else 2}
