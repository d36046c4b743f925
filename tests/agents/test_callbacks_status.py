"""PATCH /api/agents/ai/callbacks/<id>/ with a status: how a callback goes on, and what is over."""

import pytest
import time_machine

from agents.models import Callback
from tests.agents.callback_fields import (
    MONDAY,
    booked,
    entries,
    everything,
    followup,
    iso,
    on,
    patch,
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


@pytest.mark.parametrize(
    ("before", "after", "column", "event", "next_followup"),
    [
        ("scheduled", "in_progress", "started_at", "callback.updated", on(10)),
        ("rescheduled", "in_progress", "started_at", "callback.updated", on(10)),
        ("scheduled", "completed", "completed_at", "callback.completed", on(15)),
        ("rescheduled", "completed", "completed_at", "callback.completed", on(15)),
        ("in_progress", "completed", "completed_at", "callback.completed", on(15)),
        ("scheduled", "cancelled", "cancelled_at", "callback.cancelled", on(15)),
        ("rescheduled", "cancelled", "cancelled_at", "callback.cancelled", on(15)),
        ("in_progress", "cancelled", "cancelled_at", "callback.cancelled", on(15)),
    ],
    ids=str,
)
def test_a_callback_goes_on(
    client, john, before, after, column, event, next_followup, django_capture_on_commit_callbacks
):
    booked(john, at=on(15))
    callback = booked(john, status=before)
    with django_capture_on_commit_callbacks() as told:
        answer = patch(client, callback, status=after, outcome="Spoke")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["callback"]["status"], answer.json()["callback"][column]) == (after, iso(MONDAY))
    assert followup() == next_followup
    assert [(said.name, said.data["status"]) for said in heard(told)] == [(event, after)]
    changes = {"status": [before, after], column: [None, iso(MONDAY)], "outcome": ["", "Spoke"]}
    assert entries() == [("update", str(callback.pk), changes)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("scheduled", "rescheduled"),
        ("rescheduled", "scheduled"),
        ("in_progress", "scheduled"),
        ("in_progress", "rescheduled"),
    ],
    ids=str,
)
def test_only_a_new_time_makes_it_wait_again(client, john, before, after):
    callback = booked(john, status=before)
    rows = everything()
    answer = patch(client, callback, status=after)
    assert answer.status_code == 400
    assert answer.json()["details"] == {
        "status": ["A callback waits again once it has a new time: give scheduled_datetime."]
    }
    assert everything() == rows


@pytest.mark.parametrize("status", ["completed", "cancelled"])
@pytest.mark.parametrize(
    "body",
    [
        {"status": "scheduled"},
        {"status": "in_progress"},
        {"scheduled_datetime": iso(on(12))},
        {"scheduled_datetime": iso(PAST)},
        {"priority_level": 5},
        {"reason": "Another"},
        {"expected_outcome": "Another", "notes": "New"},
    ],
    ids="-".join,
)
def test_what_is_over_is_over(client, john, status, body):
    callback = booked(john, status=status)
    before = everything()
    answer = patch(client, callback, **body)
    assert (answer.status_code, answer.json()["code"]) == (409, "CALLBACK_CLOSED")
    assert answer.json()["error"] == f"The callback is {status}: only its notes and its outcome can be changed."
    assert everything() == before


def test_what_is_completed_is_not_cancelled(client, john):
    callback = booked(john, status="completed")
    assert patch(client, callback, status="cancelled").json()["code"] == "CALLBACK_CLOSED"


def test_what_came_of_it_can_be_told_afterwards(client, john):
    callback = booked(john, status="completed")
    answer = patch(client, callback, outcome="Bought", notes="Happy", status="completed", priority_level=3)
    assert answer.status_code == 200, answer.content
    assert entries() == [("update", str(callback.pk), {"notes": ["", "Happy"], "outcome": ["", "Bought"]})]


@pytest.mark.parametrize(("status", "level"), [("active", 19), ("paused", 100), ("training", 60), ("optimizing", 60)])
def test_only_an_agent_that_is_ready_begins(client, sarah, callback, status, level):
    sarah.status, sarah.training_level = status, level
    sarah.save()
    before = everything()
    answer = patch(client, callback, status="in_progress")
    assert (answer.status_code, answer.json()["code"]) == (409, "AGENT_NOT_READY")
    assert everything() == before
    assert patch(client, callback, status="completed").status_code == 200
