"""Booking callbacks in the Django admin, moving and closing them."""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from agents.models import Callback
from agents.services.callbacks import update_callback
from core import tenancy
from core.actor import Actor
from core.testing.waiting import eventually
from tests.agents.admin_pages import changed, errors_of, path_of, sent_by
from tests.agents.factories import BOOKED_FOR, AIAgentFactory, CallbackFactory, CustomerFactory
from tests.stored import audited, somebody_waits_for_a_lock

pytestmark = pytest.mark.django_db


def booking(staff, customer, at: datetime):
    """Book a callback on the form."""
    path = path_of(Callback, "add")
    said = {
        "customer": str(customer.pk),
        "scheduled_datetime_0": f"{at:%Y-%m-%d}",
        "scheduled_datetime_1": f"{at:%H:%M}",
    }
    return staff.post(path, sent_by(staff.get(path), reason="Asked for it", **said))


def test_a_callback_is_booked_through_the_service(staff, sarah):
    customer = CustomerFactory(agent=sarah)
    assert booking(staff, customer, BOOKED_FOR).status_code == 302
    callback = Callback.objects.get()
    assert (callback.agent, callback.scheduled_datetime, callback.status) == (sarah, BOOKED_FOR, "scheduled")
    changed(customer, next_followup=BOOKED_FOR)
    assert [entry["resource_type"] for entry in audited()] == ["callback"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (BOOKED_FOR + timedelta(minutes=10), "The agent has another callback within 15 minutes of that time."),
        (BOOKED_FOR.replace(year=2020), "Must be in the future."),
        (BOOKED_FOR.replace(hour=19), "Outside the agent's working hours, 09:00 to 18:00, UTC."),
    ],
    ids=["taken", "past", "evening"],
)
def test_a_time_that_cannot_be_had_is_told_at_the_field_and_what_was_typed_stays(staff, in_scope, at, words):
    agent = AIAgentFactory(working_hours_start=time(9), working_hours_end=time(18))
    first = CallbackFactory(customer__agent=agent)
    answer = booking(staff, CustomerFactory(agent=agent), at)
    [said] = errors_of(answer)["scheduled_datetime"]
    assert said.startswith(words)
    assert sent_by(answer)["reason"] == "Asked for it"
    assert Callback.objects.get() == first
    assert audited() == []


@time_machine.travel(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), tick=False)
def test_beside_the_time_stands_on_which_clock_it_is_and_when_the_agent_works(staff, in_scope):
    paris = {"timezone": "Europe/Paris", "working_hours_start": time(9), "working_hours_end": time(18)}
    customer = CustomerFactory(name="Zoë Blanc", agent=AIAgentFactory(name="<b>Nora", **paris))
    known = "In UTC. &lt;b&gt;Nora works from 09:00 to 18:00, Europe/Paris: it is 09:30 there now."
    page = staff.get(path_of(Callback, "add")).content.decode()
    assert "In UTC, within the working hours of the customer's AI agent." in page
    refused = booking(staff, customer, BOOKED_FOR.replace(hour=17))
    assert known in refused.content.decode()
    [words] = errors_of(refused)["scheduled_datetime"]
    assert words.startswith("Outside the agent's working hours, 09:00 to 18:00, Europe/Paris.")
    callback = CallbackFactory(customer=customer)
    page = staff.get(path_of(Callback, callback.pk, "change")).content.decode()
    assert known in page
    assert "Zoë Blanc, 2030-01-07 10:00" in page
    assert "<b>" not in page


def test_who_asked_not_to_be_called_cannot_be_booked(staff, sarah):
    answer = booking(staff, CustomerFactory(agent=sarah, do_not_call=True), BOOKED_FOR)
    assert errors_of(answer) == {"__all__": ["This customer asked not to be called."]}
    assert not Callback.objects.exists()


def test_a_customer_of_another_organization_cannot_be_booked(staff, in_scope, theirs):
    with tenancy.scope(theirs.organization.pk):
        foreign = CustomerFactory()
    assert list(errors_of(booking(staff, foreign, BOOKED_FOR))) == ["customer"]
    assert not Callback.unscoped.exists()


def test_a_callback_is_moved_and_completed_by_its_form(staff, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    path = path_of(Callback, callback.pk, "change")
    staff.post(path, sent_by(staff.get(path), scheduled_datetime_1="11:00"))
    moved = changed(callback, status="rescheduled", reschedule_count=1, scheduled_datetime=BOOKED_FOR.replace(hour=11))
    changed(moved.customer, next_followup=BOOKED_FOR.replace(hour=11))
    staff.post(path, sent_by(staff.get(path), status="completed", outcome="Sold"))
    changed(callback, status="completed", outcome="Sold")
    changed(callback.customer, next_followup=None)


def test_of_a_closed_callback_only_notes_and_outcome_can_be_changed(staff, sarah):
    callback = CallbackFactory(customer__agent=sarah, status="completed")
    path = path_of(Callback, callback.pk, "change")
    others = {"status": "in_progress", "reason": "Another", "scheduled_datetime_0": "2031-01-01"}
    assert staff.post(path, sent_by(staff.get(path), notes="Called twice", **others)).status_code == 302
    changed(callback, status="completed", reason="Follow-up", scheduled_datetime=BOOKED_FOR, notes="Called twice")


@pytest.mark.django_db(transaction=True)
def test_a_callback_that_somebody_closes_while_the_form_is_sent_says_so(staff, sarah, ours):
    callback = CallbackFactory(customer__agent=sarah)
    path = path_of(Callback, callback.pk, "change")
    form = sent_by(staff.get(path), reason="Another")
    system = Actor(kind="system", organization_id=ours.organization.pk)
    answers = []

    def send() -> None:
        answers.append(staff.post(path, form))
        connection.close()

    sender = threading.Thread(target=send)
    with transaction.atomic():
        update_callback(callback_id=callback.pk, by=system, status="cancelled")
        sender.start()
        eventually(somebody_waits_for_a_lock)
    sender.join()
    words = "The callback is cancelled: only its notes and its outcome can be changed."
    assert errors_of(answers[0]) == {"__all__": [words]}
    changed(callback, status="cancelled", reason="Follow-up")
