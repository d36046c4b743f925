"""PATCH and PUT /api/agents/ai/callbacks/<id>/: what a callback is about, and its time."""

import pytest
import time_machine

from agents.models import Callback, Customer
from tests.agents.callback_fields import (
    MONDAY,
    NOBODY,
    booked,
    entries,
    everything,
    followup,
    iso,
    on,
    patch,
    path,
    put,
)
from tests.agents.hearing import heard

pytestmark = pytest.mark.django_db
PAST = on(7)


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def callback(john) -> Callback:
    return booked(john, reason="Follow-up", notes="Old", priority_level=2, expected_outcome="Quote")


def test_patch_changes_what_is_given(client, callback, counted, ours, django_capture_on_commit_callbacks):
    before = client.get(path(callback)).json()["callback"]
    with django_capture_on_commit_callbacks() as told, counted("PATCH callbacks"):
        answer = patch(client, callback, notes="New", priority_level=5)
    assert answer.status_code == 200, answer.content
    shown = {**before, "notes": "New", "priority_level": 5}
    assert answer.json() == {
        "message": "Callback updated successfully",
        "data": shown,
        "callback": shown,
        "timestamp": iso(MONDAY),
    }
    assert client.get(path(callback)).json()["callback"] == shown
    assert entries() == [("update", str(callback.pk), {"notes": ["Old", "New"], "priority_level": [2, 5]})]
    assert heard(told) == [("callback.updated", shown, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]


def test_who_was_told_of_its_time_is_not_told_again_when_something_else_changes(client, callback):
    Callback.objects.update(reminded_at=PAST, overdue_at=PAST)
    assert patch(client, callback, notes="New").status_code == 200
    assert Callback.objects.filter(reminded_at=PAST, overdue_at=PAST, notes="New").exists()


def test_put_sets_what_is_left_out_to_its_default_but_not_the_time_and_the_status(client, john, callback):
    Callback.objects.update(outcome="Spoke", status="in_progress", started_at=MONDAY)
    answer = put(client, callback, notes="New")
    assert answer.status_code == 200, answer.content
    shown = answer.json()["callback"]
    assert {name: shown[name] for name in ("reason", "notes", "priority_level", "expected_outcome", "outcome")} == {
        "reason": "",
        "notes": "New",
        "priority_level": 3,
        "expected_outcome": "",
        "outcome": "",
    }
    assert (shown["status"], shown["scheduled_datetime"]) == ("in_progress", iso(on(10)))
    assert followup() == on(10)


@pytest.mark.parametrize("send", [put, patch], ids=["put", "patch"])
@pytest.mark.parametrize("status", ["scheduled", "in_progress", "completed", "cancelled"])
def test_what_was_read_may_be_sent_back_and_changes_nothing(client, john, send, status):
    callback = booked(john, at=PAST, status=status, priority_level=4, outcome="Spoke")
    Callback.objects.update(
        scheduled_datetime=PAST.replace(microsecond=7), ends_at=callback.ends_at.replace(microsecond=7)
    )
    before = everything()
    shown = client.get(path(callback)).json()["callback"]
    answer = send(client, callback, **shown)
    assert answer.status_code == 200, answer.content
    assert answer.json()["callback"] == shown
    assert everything() == before


def test_a_new_time_makes_it_wait_again(client, john, callback, counted, django_capture_on_commit_callbacks):
    Callback.objects.update(status="in_progress", started_at=PAST, reminded_at=PAST, overdue_at=PAST)
    client.get(path(callback))
    with django_capture_on_commit_callbacks() as told, counted("PATCH callbacks, new time"):
        answer = patch(client, callback, scheduled_datetime=iso(on(10, 5)), notes="Asked for later")
    assert answer.status_code == 200, answer.content
    row = Callback.objects.get()
    assert (row.pk, row.status, row.reschedule_count) == (callback.pk, "rescheduled", 1)
    assert (row.scheduled_datetime, row.ends_at) == (on(10, 5), on(10, 20))
    assert (row.reminded_at, row.overdue_at, row.started_at, row.notes) == (None, None, None, "Asked for later")
    assert followup() == on(10, 5)
    [(action, _, changes)] = entries()
    assert (action, changes["status"], changes["reschedule_count"]) == (
        "update",
        ["in_progress", "rescheduled"],
        [0, 1],
    )
    assert changes["scheduled_datetime"] == [iso(on(10)), iso(on(10, 5))]
    assert [event.name for event in heard(told)] == ["callback.updated"]
    assert patch(client, callback, scheduled_datetime=iso(on(12))).json()["callback"]["reschedule_count"] == 2
    assert followup() == on(12)


@pytest.mark.parametrize("status", ["scheduled", "rescheduled"])
def test_a_new_time_comes_with_a_status_that_waits_or_none(client, callback, status):
    answer = patch(client, callback, scheduled_datetime=iso(on(11)), status=status)
    assert answer.json()["callback"]["status"] == "rescheduled"


@pytest.mark.parametrize("status", ["in_progress", "completed", "cancelled"])
def test_a_new_time_and_a_status_that_does_not_wait_contradict_each_other(client, callback, status):
    before = everything()
    answer = patch(client, callback, scheduled_datetime=iso(on(11)), status=status)
    assert answer.status_code == 400
    assert answer.json()["details"] == {"status": ["A callback that has a new time waits: leave its status out."]}
    assert everything() == before


@pytest.mark.parametrize(
    ("at", "status", "code"),
    [
        (PAST, 400, "PAST_DATETIME"),
        (on(20), 400, "OUTSIDE_WORKING_HOURS"),
        (on(12, day=1), 409, "DAILY_LIMIT_REACHED"),
        (on(12, 14), 409, "SLOT_TAKEN"),
    ],
    ids=["past", "hours", "limit", "slot"],
)
@pytest.mark.parametrize("send", [put, patch], ids=["put", "patch"])
def test_a_new_time_that_cannot_be_is_refused(client, sarah, john, callback, send, at, status, code):
    sarah.working_hours_start, sarah.working_hours_end, sarah.max_daily_calls = "09:00", "18:00", 2
    sarah.save()
    for taken in (on(12), on(9, day=1), on(10, day=1)):
        booked(john, at=taken)
    before = everything()
    answer = send(client, callback, scheduled_datetime=iso(at))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["details"].keys() == {"scheduled_datetime"}
    assert everything() == before


def test_a_full_day_has_room_for_its_own_callbacks(client, sarah, callback):
    sarah.max_daily_calls = 1
    sarah.save()
    assert patch(client, callback, scheduled_datetime=iso(on(10, 10))).status_code == 200


def test_who_asked_not_to_be_called_gets_no_new_time(client, john, callback):
    Customer.objects.update(do_not_call=True)
    before = everything()
    assert patch(client, callback, scheduled_datetime=iso(on(11))).json()["code"] == "DO_NOT_CALL"
    assert patch(client, callback, status="in_progress").json()["code"] == "DO_NOT_CALL"
    assert everything() == before
    assert patch(client, callback, status="cancelled").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("customer_phone", "+33687654321"), ("customer_id", str(NOBODY)), ("agent_id", str(NOBODY))],
    ids=str,
)
@pytest.mark.parametrize("send", [put, patch], ids=["put", "patch"])
def test_a_callback_stays_its_customers(client, callback, send, field, value):
    before = everything()
    answer = send(client, callback, **{field: value})
    assert answer.status_code == 400
    assert answer.json()["details"] == {field: ["A callback stays its customer's. Schedule another one instead."]}
    assert everything() == before


def test_the_callers_own_number_may_be_written_as_he_likes(client, callback):
    assert patch(client, callback, customer_phone="+33 (0)6 12 34 56 78", notes="New").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"status": "done"},
        {"priority_level": 9},
        {"scheduled_datetime": "soon"},
        {"scheduled_datetime": None},
        {"notes": None},
        {"colour": "red"},
        {"customer_phone": "12"},
    ],
    ids=lambda body: "-".join(f"{name}={value}" for name, value in body.items()),
)
@pytest.mark.parametrize("send", [put, patch], ids=["put", "patch"])
def test_what_cannot_be_understood_is_refused_by_field(client, callback, send, body):
    before = everything()
    answer = send(client, callback, **body)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["details"].keys() == body.keys()
    assert everything() == before


def test_whoever_looks_after_the_agent_changes_its_callbacks(caretaker, admin, callback):
    assert patch(caretaker, callback, notes="Hers").status_code == 200
    assert patch(admin, callback, status="completed").status_code == 200


def test_nobody_changes_what_he_does_not_see(outsider, stranger, callback):
    before = everything()
    for caller in (outsider, stranger):
        for answer in (patch(caller, callback, notes="Mine"), put(caller, callback), caller.get(path(callback))):
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
            assert answer.json()["error"] == "Callback not found."
    assert everything() == before
