"""Calls that a callback asked for: it begins, ends and waits again with them."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from agents.models import Call, Callback, Customer
from agents.services.followups import renew_followups
from tests.agents.conftest import CALLBACKS, CALLS, CUSTOMERS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.agents.recorded import assert_counters_equal_rows, entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def john(sarah) -> Customer:
    return CustomerFactory(agent=sarah)


@pytest.fixture
def callback(john) -> Callback:
    """One that waits, with another one after it."""
    CallbackFactory(customer=john, scheduled_datetime=datetime(2030, 2, 1, 10, tzinfo=UTC))
    callback = CallbackFactory(customer=john)
    renew_followups([john.pk])
    return callback


def record(caller, callback, **body):
    said = {"customer_id": str(callback.customer_id), "callback_id": str(callback.pk), **body}
    return caller.post(CALLS, said, format="json")


def of_callback(callback) -> list[dict]:
    """What the audit log was told of it."""
    return [entry["changes"] for entry in entries("callback") if entry["resource_id"] == str(callback.pk)]


def test_it_is_in_progress_while_the_call_is(client, callback, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        call = record(client, callback, status="in_progress").json()["call"]
    assert call["callback_id"] == str(callback.pk)
    callback.refresh_from_db()
    stored = Call.objects.get()
    assert (callback.status, callback.started_at, stored.callback) == ("in_progress", stored.started_at, callback)
    assert [event.name for event in heard(callbacks)] == ["call.started", "callback.started", "customer.updated"]
    assert_counters_equal_rows()
    [changes] = of_callback(callback)
    assert changes == {"status": ["scheduled", "in_progress"], "started_at": [None, call["started_at"]]}


def test_a_conversation_completes_it_and_says_what_came_of_it(
    client, john, callback, django_capture_on_commit_callbacks
):
    call = record(client, callback, status="in_progress").json()["call"]
    with django_capture_on_commit_callbacks() as callbacks:
        ended = client.patch(
            f"{CALLS}{call['id']}/", {"status": "completed", "outcome": "not_interested"}, format="json"
        )
    callback.refresh_from_db()
    assert (callback.status, callback.outcome) == ("completed", "Not interested")
    assert f"{callback.completed_at:%Y-%m-%dT%H:%M:%SZ}" == ended.json()["call"]["ended_at"]
    john.refresh_from_db()
    assert john.next_followup == datetime(2030, 2, 1, 10, tzinfo=UTC)
    assert [event.name for event in heard(callbacks)] == ["call.ended", "callback.completed", "customer.updated"]
    assert heard(callbacks)[-1].data["next_followup"] == "2030-02-01T10:00:00Z"
    assert_counters_equal_rows()


def test_a_call_that_has_ended_completes_it_at_once(client, callback):
    body = {"started_at": "2024-03-01T10:00:00Z", "duration_seconds": 60}
    assert record(client, callback, **body).status_code == 201
    callback.refresh_from_db()
    assert (callback.status, callback.outcome) == ("completed", "")
    assert callback.completed_at == datetime(2024, 3, 1, 10, 1, tzinfo=UTC)
    assert_counters_equal_rows()


def test_what_was_said_of_it_before_stays(client, callback):
    Callback.objects.filter(pk=callback.pk).update(outcome="He moved")
    record(client, callback, outcome="interested")
    callback.refresh_from_db()
    assert (callback.status, callback.outcome) == ("completed", "He moved")


@pytest.mark.parametrize("status", ["no_answer", "busy", "failed"])
@pytest.mark.parametrize(("times_moved", "waits"), [(0, "scheduled"), (2, "rescheduled")])
def test_it_waits_again_when_nobody_answered(client, callback, status, times_moved, waits):
    Callback.objects.filter(pk=callback.pk).update(reschedule_count=times_moved, status=waits)
    call = record(client, callback, status="in_progress").json()["call"]
    client.patch(f"{CALLS}{call['id']}/", {"status": status}, format="json")
    callback.refresh_from_db()
    assert (callback.status, callback.started_at, callback.completed_at) == (waits, None, None)
    assert_counters_equal_rows()
    assert [changes["status"] for changes in of_callback(callback)] == [[waits, "in_progress"], ["in_progress", waits]]
    assert record(client, callback, status="in_progress").status_code == 201


def test_it_is_called_off_when_nobody_answered_who_asks_not_to_be_called_by_now(client, john, callback):
    call = record(client, callback, status="in_progress").json()["call"]
    client.patch(f"{CUSTOMERS}{john.pk}/", {"do_not_call": True}, format="json")
    callback.refresh_from_db()
    assert callback.status == "in_progress"
    assert client.patch(f"{CALLS}{call['id']}/", {"status": "no_answer"}, format="json").status_code == 200
    callback.refresh_from_db()
    assert (callback.status, callback.started_at) == ("cancelled", None)
    assert callback.cancelled_at is not None
    assert of_callback(callback)[-1]["status"] == ["scheduled", "cancelled"]
    assert_counters_equal_rows()


def test_one_that_waits_and_was_not_reached_goes_on_waiting(client, callback):
    assert record(client, callback, status="busy").status_code == 201
    assert of_callback(callback) == []
    callback.refresh_from_db()
    assert callback.status == "scheduled"
    assert_counters_equal_rows()


def test_one_that_began_by_itself_can_still_be_called(client, callback):
    Callback.objects.filter(pk=callback.pk).update(status="in_progress", started_at=datetime(2030, 1, 7, tzinfo=UTC))
    assert record(client, callback, status="in_progress").status_code == 201


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_one_that_is_closed_is_not_called_any_more(client, callback, status):
    Callback.objects.filter(pk=callback.pk).update(status=status)
    renew_followups([callback.customer_id])
    answer = record(client, callback)
    assert (answer.status_code, answer.json()["code"]) == (409, "CALLBACK_CLOSED")
    assert (Call.objects.count(), entries()) == (0, [])
    assert_counters_equal_rows()


def test_two_do_not_call_at_once(client, callback):
    record(client, callback, status="in_progress")
    told = entries()
    for status in ("in_progress", "completed", "busy"):
        answer = record(client, callback, status=status)
        assert (answer.status_code, answer.json()["code"]) == (409, "CALL_IN_PROGRESS")
    assert Call.objects.count() == 1
    assert entries() == told


def test_one_of_another_customer_is_none(client, sarah, callback, john):
    others = CallbackFactory(
        customer=CustomerFactory(agent=sarah), scheduled_datetime=datetime(2030, 3, 1, 10, tzinfo=UTC)
    )
    for callback_id in (others.pk, uuid4()):
        answer = client.post(CALLS, {"customer_id": str(john.pk), "callback_id": str(callback_id)}, format="json")
        assert answer.status_code == 404
        assert answer.json()["details"] == {"callback_id": ["Callback not found."]}
    assert (Call.objects.count(), entries()) == (0, [])


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_one_that_somebody_closed_meanwhile_stays_as_he_left_it(client, callback, status):
    call = record(client, callback, status="in_progress").json()["call"]
    closed = client.patch(f"{CALLBACKS}{callback.pk}/", {"status": status, "outcome": "Enough"}, format="json")
    assert closed.status_code == 200, closed.content
    answer = client.patch(f"{CALLS}{call['id']}/", {"status": "busy"}, format="json")
    assert answer.status_code == 200
    callback.refresh_from_db()
    assert (callback.status, callback.outcome) == (status, "Enough")
    assert_counters_equal_rows()


def test_whoever_does_not_want_to_be_called_again_has_this_one_completed_and_the_next_cancelled(client, john, callback):
    record(client, callback, outcome="do_not_call")
    statuses = Callback.objects.order_by("scheduled_datetime").values_list("status", "outcome")
    assert list(statuses) == [("completed", "Do not call"), ("cancelled", "")]
    john.refresh_from_db()
    assert (john.do_not_call, john.next_followup) == (True, None)
    assert_counters_equal_rows()


def test_a_call_outlives_its_callback(client, callback):
    call = record(client, callback).json()["call"]
    assert client.delete(f"{CALLBACKS}{callback.pk}/").status_code == 200
    assert client.get(f"{CALLS}{call['id']}/").json()["call"]["callback_id"] is None


def test_a_list_can_be_asked_for_its_calls(client, john, callback):
    CallFactory(customer=john)
    call = CallFactory(customer=john, callback=callback)
    items = client.get(CALLS, {"callback_id": str(callback.pk)}).json()["items"]
    assert [item["id"] for item in items] == [str(call.pk)]
