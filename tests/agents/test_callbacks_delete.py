"""DELETE /api/agents/ai/callbacks/<id>/."""

import pytest
import time_machine

from agents.models import Call, Callback, Customer
from agents.services.followups import renew_followups
from tests.agents.callback_fields import MONDAY, entries, everything, iso, on
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory
from tests.agents.hearing import heard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def callback(sarah) -> Callback:
    """The first of two of a customer."""
    john = CustomerFactory(agent=sarah)
    CallbackFactory(customer=john, scheduled_datetime=on(15))
    callback = CallbackFactory(customer=john, scheduled_datetime=on(10))
    renew_followups([john.pk])
    return callback


def path(callback) -> str:
    return f"{CALLBACKS}{callback.pk}/"


def test_it_is_answered_as_it_was_and_the_customer_is_called_later(
    client, callback, ours, counted, django_capture_on_commit_callbacks
):
    shown = client.get(path(callback)).json()["callback"]
    with django_capture_on_commit_callbacks() as told, counted("DELETE callbacks"):
        answer = client.delete(path(callback))
    assert answer.status_code == 200, answer.content
    assert answer.json() == {
        "message": "Callback deleted successfully",
        "data": shown,
        "callback": shown,
        "timestamp": iso(MONDAY),
    }
    assert [row.scheduled_datetime for row in Callback.objects.all()] == [on(15)]
    assert Customer.objects.get().next_followup == on(15)
    gone = {name: [value, None] for name, value in shown.items() if value is not None and name != "updated_at"}
    assert entries() == [("delete", str(callback.pk), gone)]
    assert heard(told) == [("callback.deleted", shown, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]
    assert client.delete(path(callback)).status_code == 404


def test_after_the_last_one_there_is_no_follow_up(client, callback):
    for row in Callback.objects.all():
        assert client.delete(path(row)).status_code == 200
    assert Customer.objects.get().next_followup is None


def test_it_is_not_deleted_while_somebody_talks(client, callback):
    call = CallFactory(customer=callback.customer, callback=callback, status="in_progress")
    before = everything()
    answer = client.delete(path(callback))
    assert (answer.status_code, answer.json()["code"]) == (409, "CALL_IN_PROGRESS")
    assert everything() == before
    call.status, call.ended_at = "completed", MONDAY
    call.save()
    assert client.delete(path(callback)).status_code == 200


def test_calls_that_it_led_to_stay(client, callback):
    CallFactory(customer=callback.customer, callback=callback)
    assert client.delete(path(callback)).status_code == 200
    assert Call.objects.get().callback_id is None


def test_the_role_agent_deletes_nothing(caretaker, callback):
    before = everything()
    answer = caretaker.delete(path(callback))
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert everything() == before


def test_nobody_deletes_what_he_does_not_see(outsider, stranger, callback):
    before = everything()
    for caller in (outsider, stranger):
        answer = caller.delete(path(callback))
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert everything() == before


def test_an_admin_deletes_any(admin, callback):
    assert admin.delete(path(callback)).status_code == 200
