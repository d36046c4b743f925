"""POST /api/agents/ai/calls/ of a call that has ended: what is understood, and what is refused."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from agents.models import Call, Customer
from tests.agents.calling import YESTERDAY, of, record
from tests.agents.conftest import CALLS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory
from tests.agents.hearing import heard
from tests.agents.recorded import assert_counters_equal_rows, entries

pytestmark = pytest.mark.django_db


def assert_nothing_happened(sarah) -> None:
    assert entries() == []
    sarah.refresh_from_db()
    assert (sarah.total_calls, sarah.successful_calls, sarah.conversions, sarah.last_call_at) == (0, 0, 0, None)
    assert not Call.objects.exists()


def test_a_call_is_taken_down_counted_audited_and_told(client, ours, sarah, john, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        answer = record(client, **of(john, started_at=YESTERDAY, duration_seconds=90, notes="He liked it"))
    assert answer.status_code == 201
    body = answer.json()
    call = body["call"]
    assert (body["message"], body["data"]) == ("Call recorded successfully", call)
    assert {name: call[name] for name in call.keys() - {"id", "created_at", "updated_at"}} == {
        "agent_id": str(sarah.pk),
        "customer_id": str(john.pk),
        "customer_phone": "+33612345678",
        "callback_id": None,
        "direction": "outbound",
        "status": "completed",
        "outcome": "",
        "interest_level": "",
        "started_at": YESTERDAY,
        "ended_at": "2024-03-01T10:01:30Z",
        "duration_seconds": 90,
        "notes": "He liked it",
    }
    sarah.refresh_from_db()
    john.refresh_from_db()
    began = datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert (sarah.total_calls, sarah.successful_calls, sarah.last_call_at) == (1, 1, began)
    assert (john.total_calls, john.last_call_at, john.interest_level) == (1, began, "cold")
    [entry] = entries()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("create", "call", call["id"])
    assert entry["changes"]["duration_seconds"] == [None, 90]
    events = heard(callbacks)
    assert [event.name for event in events] == ["call.ended", "customer.updated"]
    assert (events[0].data, events[1].data["total_calls"]) == (call, 1)
    assert all(event.audience == {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"} for event in events)
    assert client.get(f"{CALLS}{call['id']}/").json()["call"] == call


def test_an_unknown_number_makes_the_customer(client, sarah):
    call = record(client, customer_phone="+33 (0)6 12 34 56 78", direction="inbound").json()["call"]
    customer = Customer.objects.get()
    assert (str(customer.pk), customer.phone_number) == (call["customer_id"], "+33612345678")
    assert (customer.agent, customer.total_calls) == (sarah, 1)
    assert [(entry["action"], entry["resource_type"]) for entry in entries()] == [
        ("create", "customer"),
        ("create", "call"),
    ]
    record(client, customer_phone="+33612345678")
    assert Customer.objects.get().total_calls == 2
    assert_counters_equal_rows()


def test_a_new_customer_has_the_name_that_was_told_and_a_known_one_keeps_his(client, sarah, john):
    assert record(client, customer_phone="+33600000000", customer_name="Jeanne Roux").status_code == 201
    assert record(client, customer_phone=john.phone_number, customer_name="Somebody else").status_code == 201
    assert record(client, **of(john, customer_name="Somebody else")).status_code == 201
    assert sorted(Customer.objects.values_list("name", "total_calls")) == [("Jeanne Roux", 1), ("John", 2)]


def test_whoever_looks_after_the_agent_takes_calls_down_also_of_new_numbers(caretaker, sarah, john):
    assert record(caretaker, **of(john)).status_code == 201
    assert record(caretaker, customer_phone="+33600000000").status_code == 201
    assert_counters_equal_rows()


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ({}, (0, 0, 0)),
        ({"duration_seconds": 60}, (-60, 0, 60)),
        ({"started_at": -600}, (-600, -600, 0)),
        ({"ended_at": -600}, (-600, -600, 0)),
        ({"started_at": -600, "ended_at": -300}, (-600, -300, 300)),
        ({"started_at": -600, "duration_seconds": 60}, (-600, -540, 60)),
        ({"ended_at": -600, "duration_seconds": 60}, (-660, -600, 60)),
        ({"started_at": -600, "ended_at": -300, "duration_seconds": 0}, (-600, -300, 0)),
        ({"started_at": -600, "ended_at": -300, "duration_seconds": 250}, (-600, -300, 250)),
        ({"started_at": -600, "ended_at": -300, "duration_seconds": 301}, (-600, -300, 301)),
        ({"started_at": 59, "status": "no_answer"}, (59, 59, 0)),
        ({"started_at": None, "ended_at": None, "duration_seconds": None}, (0, 0, 0)),
    ],
    ids=str,
)
def test_two_times_say_the_third(client, john, time_machine, said, times):
    this = now().replace(microsecond=0) + timedelta(seconds=5)
    time_machine.move_to(this, tick=False)

    def at(seconds: int) -> str:
        return f"{this + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"

    body = {name: at(value) if name.endswith("_at") and value is not None else value for name, value in said.items()}
    call = record(client, **of(john, **body)).json()["call"]
    began, ended, duration = times
    assert (call["started_at"], call["ended_at"], call["duration_seconds"]) == (at(began), at(ended), duration)


def test_a_time_without_an_offset_is_utc(client, john):
    call = record(client, **of(john, started_at="2024-03-01T10:00:00")).json()["call"]
    assert call["started_at"] == "2024-03-01T10:00:00Z"
    call = record(client, **of(john, started_at="2024-03-01T10:00:00+02:00")).json()["call"]
    assert call["started_at"] == "2024-03-01T08:00:00Z"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"started_at": "2100-01-01T00:00:00Z"}, "started_at"),
        ({"ended_at": "2100-01-01T00:00:00Z"}, "ended_at"),
        ({"started_at": YESTERDAY, "ended_at": "2100-01-01T00:00:00Z"}, "ended_at"),
        ({"started_at": YESTERDAY, "ended_at": "2024-03-01T09:59:59Z"}, "ended_at"),
        ({"started_at": YESTERDAY, "ended_at": "2024-03-02T10:00:01Z"}, "ended_at"),
        ({"started_at": YESTERDAY, "ended_at": "2024-03-01T10:01:00Z", "duration_seconds": 62}, "duration_seconds"),
        ({"duration_seconds": -1}, "duration_seconds"),
        ({"duration_seconds": 86_401}, "duration_seconds"),
        ({"duration_seconds": "60"}, "duration_seconds"),
        ({"started_at": "soon"}, "started_at"),
        ({"started_at": 1_700_000_000}, "started_at"),
        ({"started_at": "1899-12-31T23:59:59Z"}, "started_at"),
        ({"started_at": "9999-12-31T23:59:59-12:00"}, "started_at"),
        ({"started_at": "0001-01-01T00:00:00+12:00"}, "started_at"),
        ({"ended_at": "2200-01-01T00:00:00Z"}, "ended_at"),
        ({"status": "ringing"}, "status"),
        ({"status": "busy", "outcome": "interested"}, "outcome"),
        ({"outcome": "delighted"}, "outcome"),
        ({"interest_level": "boiling"}, "interest_level"),
        ({"direction": "sideways"}, "direction"),
        ({"callback_id": "soon"}, "callback_id"),
        ({"notes": "x" * 20_001}, "notes"),
        ({"notes": None}, "notes"),
        ({"surprise": 1}, "surprise"),
        ({"status": "in_progress", "ended_at": YESTERDAY}, "ended_at"),
        ({"status": "in_progress", "duration_seconds": 5}, "duration_seconds"),
        ({"status": "in_progress", "outcome": "other"}, "outcome"),
        ({"status": "in_progress", "interest_level": "hot"}, "interest_level"),
        ({"status": "in_progress", "started_at": YESTERDAY}, "started_at"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_does_not_fit_together_is_refused_by_name(client, sarah, john, said, field):
    answer = record(client, **of(john, **said))
    assert (answer.status_code, answer.json()["code"], list(answer.json()["details"])) == (
        400,
        "VALIDATION_ERROR",
        [field],
    )
    assert_nothing_happened(sarah)


def test_a_call_is_with_one_customer(client, sarah, john):
    for body in ({}, of(john, customer_phone="+33612345678")):
        answer = record(client, **body)
        assert answer.status_code == 400
        assert sorted(answer.json()["details"]) == ["customer_id", "customer_phone"]
    answer = record(client, status="ringing", callback_id="soon")
    assert sorted(answer.json()["details"]) == ["callback_id", "customer_id", "customer_phone", "status"]
    answer = record(client, customer_phone="0612345678")
    assert list(answer.json()["details"]) == ["customer_phone"]
    assert_nothing_happened(sarah)
    assert Customer.objects.count() == 1


def test_whom_one_does_not_see_one_has_not_called(client, admin, outsider, stranger, sarah, john):
    elsewhere = AIAgentFactory()
    for caller, body in (
        (outsider, of(john)),
        (stranger, of(john)),
        (client, {"customer_id": str(uuid4())}),
        (admin, of(john, agent_id=str(elsewhere.pk))),
    ):
        answer = record(caller, **body)
        assert answer.status_code == 404
        assert answer.json()["details"] == {"customer_id": ["Customer not found."]}
    for body in ({"agent_id": str(sarah.pk)}, {"agent_id": str(uuid4())}):
        answer = record(outsider, customer_phone="+33600000000", **body)
        assert (answer.status_code, list(answer.json()["details"])) == (404, ["agent_id"])
    assert_nothing_happened(sarah)
    assert Customer.objects.count() == 1


def test_a_fact_is_taken_down_whatever_the_agent_may_do_now(client, sarah, john):
    sarah.status, sarah.max_daily_calls = "paused", 1
    sarah.save()
    Customer.objects.filter(pk=john.pk).update(do_not_call=True)
    for _ in range(3):
        assert record(client, **of(john)).status_code == 201
    assert_counters_equal_rows()


def test_it_is_history(admin, john):
    call = CallFactory(customer=john)
    for answer in (admin.put(f"{CALLS}{call.pk}/", {}, format="json"), admin.delete(f"{CALLS}{call.pk}/")):
        assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert Call.objects.count() == 1


def test_they_cost_so_many_queries(client, john, counted):
    client.get(CALLS)  # who is calling is known from now on
    with counted("POST calls"):
        record(client, **of(john))
    with counted("POST calls, new customer"):
        record(client, customer_phone="+33600000000", outcome="converted")
    callback = CallbackFactory(customer=john)
    with counted("POST calls, of a callback"):
        record(client, **of(john, callback_id=str(callback.pk), outcome="interested"))
