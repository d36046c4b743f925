"""Calls that are in progress: who may begin one, how it ends, and what can be said afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.timezone import now

from agents.models import AIAgent, Call, Customer
from tests.agents.conftest import CALLS, CUSTOMERS
from tests.agents.factories import CallFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.agents.recorded import assert_counters_equal_rows, entries

pytestmark = pytest.mark.django_db

ENDS = ("completed", "no_answer", "busy", "failed")


@pytest.fixture
def john(sarah) -> Customer:
    return CustomerFactory(agent=sarah, phone_number="+33612345678")


def begin(caller, customer, **body):
    return caller.post(CALLS, {"customer_id": str(customer.pk), "status": "in_progress", **body}, format="json")


def patch(caller, call_id, **body):
    return caller.patch(f"{CALLS}{call_id}/", body, format="json")


@pytest.fixture
def call(client, john) -> dict:
    """One that is in progress."""
    return begin(client, john).json()["call"]


def assert_in_progress(call: dict) -> None:
    stored = Call.objects.get(pk=call["id"])
    assert (stored.status, stored.ended_at, stored.outcome, stored.notes) == ("in_progress", None, "", "")
    assert_counters_equal_rows()


def test_a_call_that_begins_is_counted_and_is_no_success_yet(client, sarah, john, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        call = begin(client, john).json()["call"]
    assert (call["status"], call["ended_at"], call["duration_seconds"]) == ("in_progress", None, 0)
    assert [event.name for event in heard(callbacks)] == ["call.started", "customer.updated"]
    sarah.refresh_from_db()
    assert (sarah.total_calls, sarah.successful_calls) == (1, 0)
    assert_counters_equal_rows()


@pytest.mark.parametrize(
    ("status", "level"), [("training", 60), ("optimizing", 60), ("paused", 60), ("active", 19), ("learning", 0)]
)
@pytest.mark.parametrize("direction", ["outbound", "inbound"])
def test_an_agent_that_is_not_ready_begins_none(client, sarah, john, status, level, direction):
    AIAgent.objects.update(status=status, training_level=level)
    answer = begin(client, john, direction=direction)
    assert (answer.status_code, answer.json()["code"]) == (409, "AGENT_NOT_READY")
    assert (Call.objects.count(), entries()) == (0, [])
    assert_counters_equal_rows()


@pytest.mark.parametrize(("status", "level"), [("active", 20), ("learning", 100)])
def test_a_ready_one_does(client, john, status, level):
    AIAgent.objects.update(status=status, training_level=level)
    assert begin(client, john).status_code == 201


def test_whoever_asked_not_to_be_called_may_call(client, john):
    Customer.objects.update(do_not_call=True)
    answer = begin(client, john)
    assert (answer.status_code, answer.json()["code"]) == (409, "DO_NOT_CALL")
    assert (Call.objects.count(), entries()) == (0, [])
    assert begin(client, john, direction="inbound").status_code == 201


def test_nobody_new_is_written_down_for_a_call_that_is_refused(client, sarah):
    AIAgent.objects.update(status="paused")
    body = {"customer_phone": "+33600000000", "status": "in_progress"}
    assert client.post(CALLS, body, format="json").status_code == 409
    assert (Customer.objects.count(), entries()) == (0, [])


def test_an_agent_calls_so_often_a_day_on_its_own_calendar(client, sarah, john, time_machine):
    midnight = (now() + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)  # in Tokyo
    AIAgent.objects.update(timezone="Asia/Tokyo", max_daily_calls=3)
    for seconds in (-1, 0, 1, 2):
        CallFactory(customer=john, started_at=midnight + timedelta(seconds=seconds))
    CallFactory(customer=john, started_at=midnight, direction="inbound")
    CallFactory(customer=CustomerFactory(), started_at=midnight)
    made = Call.objects.get(started_at=midnight + timedelta(seconds=2))
    time_machine.move_to(midnight + timedelta(minutes=5))
    caller = client_of_now(client, sarah)
    answer = begin(caller, john)
    assert (answer.status_code, answer.json()["code"]) == (409, "DAILY_LIMIT_REACHED")
    assert answer.json()["error"] == "The AI agent has made 3 calls today, which is its limit."
    assert begin(caller, john, direction="inbound").status_code == 201
    made.delete()
    assert begin(caller, john).status_code == 201
    assert begin(caller, john).status_code == 409


def client_of_now(client, sarah):
    """The client, logged in at what is now the time."""
    body = {"email": sarah.owner.email, "password": "switchboard-test"}
    access = client.post("/api/v1/auth/login/", body, format="json", headers={"Authorization": ""}).json()["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access}")
    return client


@pytest.mark.parametrize("status", ENDS)
def test_it_ends_now_unless_told(client, sarah, call, status, django_capture_on_commit_callbacks, time_machine):
    this = now().replace(microsecond=0) + timedelta(seconds=100)
    time_machine.move_to(this, tick=False)
    with django_capture_on_commit_callbacks() as callbacks:
        answer = patch(client, call["id"], status=status, notes="All said")
    assert answer.status_code == 200
    ended = answer.json()["call"]
    assert (answer.json()["message"], answer.json()["data"]) == ("Call updated successfully", ended)
    assert (ended["status"], ended["notes"], ended["ended_at"]) == (status, "All said", f"{this:%Y-%m-%dT%H:%M:%SZ}")
    assert 99 <= ended["duration_seconds"] <= 101
    sarah.refresh_from_db()
    assert (sarah.total_calls, sarah.successful_calls) == (1, int(status == "completed"))
    assert_counters_equal_rows()
    assert [event.name for event in heard(callbacks)] == ["call.ended", "customer.updated"]
    entry = entries("call")[-1]
    assert (entry["action"], entry["changes"]["status"]) == ("update", ["in_progress", status])


def test_how_it_ends_is_the_callers_to_say(client, john):
    started = now().replace(microsecond=0) - timedelta(hours=1)
    call = begin(client, john, started_at=started.isoformat()).json()["call"]
    ended = started + timedelta(minutes=10)
    answer = patch(client, call["id"], status="completed", outcome="interested", ended_at=ended.isoformat())
    assert answer.json()["call"]["duration_seconds"] == 600
    john.refresh_from_db()
    assert john.interest_level == "warm"
    call = begin(client, john, started_at=started.isoformat()).json()["call"]
    body = {"status": "completed", "interest_level": "converted", "duration_seconds": 60}
    answer = patch(client, call["id"], **body).json()["call"]
    assert answer["ended_at"] == f"{started + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    john.refresh_from_db()
    assert john.converted_at == started + timedelta(minutes=1)
    assert_counters_equal_rows()


def test_what_was_read_can_be_sent_back_with_the_end_in_it(client, call):
    ended = patch(client, call["id"], **{**call, "status": "completed", "outcome": "other"}).json()["call"]
    assert (ended["status"], ended["outcome"]) == ("completed", "other")
    assert ended["ended_at"] is not None
    told = len(entries())
    assert patch(client, call["id"], **ended).json()["call"] == ended
    assert len(entries()) == told


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "interested"}, "outcome"),
        ({"status": "busy", "outcome": "interested"}, "outcome"),
        ({"interest_level": "hot"}, "interest_level"),
        ({"ended_at": "2024-03-01T10:00:00Z"}, "ended_at"),
        ({"duration_seconds": 10}, "duration_seconds"),
        ({"status": "completed", "ended_at": "2024-03-01T10:00:00Z"}, "ended_at"),
        ({"status": "completed", "ended_at": "2199-03-01T10:00:00Z"}, "ended_at"),
        ({"status": "completed", "duration_seconds": 80_000}, "duration_seconds"),
        ({"status": "ringing"}, "status"),
        ({"status": None}, "status"),
        ({"direction": "inbound"}, "direction"),
        ({"started_at": "2024-03-01T10:00:00Z"}, "started_at"),
        ({"customer_phone": "+33600000000"}, "customer_phone"),
        ({"customer_id": "00000000-0000-0000-0000-000000000000"}, "customer_id"),
        ({"agent_id": "00000000-0000-0000-0000-000000000000"}, "agent_id"),
        ({"callback_id": "00000000-0000-0000-0000-000000000000"}, "callback_id"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=str,
)
def test_what_does_not_fit_leaves_it_in_progress(client, call, said, field):
    told = entries()
    answer = patch(client, call["id"], **said)
    assert (answer.status_code, list(answer.json()["details"])) == (400, [field])
    assert_in_progress(call)
    assert entries() == told


@pytest.mark.parametrize(("duration_seconds", "fits"), [(0, True), (298, True), (301, True), (302, False)])
def test_a_duration_that_contradicts_its_end_leaves_it_in_progress(client, john, duration_seconds, fits):
    began = now().replace(microsecond=0) - timedelta(minutes=10)
    call = begin(client, john, started_at=began.isoformat()).json()["call"]
    ended_at = (began + timedelta(minutes=5)).isoformat()
    answer = patch(client, call["id"], status="completed", ended_at=ended_at, duration_seconds=duration_seconds)
    if fits:
        assert answer.json()["call"]["duration_seconds"] == (duration_seconds or 300)
    else:
        assert answer.status_code == 400
        assert answer.json()["details"] == {"duration_seconds": ["Longer than from started_at to ended_at."]}
        assert_in_progress(call)


def test_notes_can_be_taken_while_it_goes_on_and_afterwards(client, call, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        first = patch(client, call["id"], notes="He likes trains").json()["call"]
    assert (first["notes"], first["status"]) == ("He likes trains", "in_progress")
    assert [event.name for event in heard(callbacks)] == ["call.updated"]
    patch(client, call["id"], status="completed", outcome="converted")
    last = patch(client, call["id"], notes="He bought").json()["call"]
    assert (last["notes"], last["outcome"]) == ("He bought", "converted")
    assert_counters_equal_rows()


@pytest.mark.parametrize(
    "said",
    [
        {"status": "busy"},
        {"status": "in_progress"},
        {"outcome": "interested"},
        {"outcome": ""},
        {"interest_level": "hot"},
        {"ended_at": "2024-03-01T10:00:00Z"},
        {"ended_at": None},
        {"duration_seconds": 99},
        {"notes": "More", "outcome": "interested"},
    ],
    ids=str,
)
def test_what_has_ended_is_history(client, call, said):
    ended = patch(client, call["id"], status="completed", outcome="other").json()["call"]
    told = entries()
    answer = patch(client, call["id"], **said)
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "The call has ended: only its notes can be changed.",
        "code": "CALL_ENDED",
        "details": {},
    }
    assert client.get(f"{CALLS}{call['id']}/").json()["call"] == ended
    assert entries() == told
    assert_counters_equal_rows()


def test_one_that_somebody_forgot_ends_all_the_same(client, john):
    forgotten = CallFactory(customer=john, status="in_progress", started_at=datetime(2024, 1, 1, tzinfo=UTC))
    answer = patch(client, forgotten.pk, status="failed")
    assert answer.status_code == 200
    assert answer.json()["call"]["duration_seconds"] > 86_400


def test_whoever_looks_after_the_agent_ends_it_and_others_do_not_see_it(caretaker, outsider, stranger, call):
    for caller in (outsider, stranger):
        for answer in (patch(caller, call["id"], status="completed"), caller.get(f"{CALLS}{call['id']}/")):
            assert answer.status_code == 404
            assert answer.json() == {"error": "Call not found.", "code": "NOT_FOUND", "details": {}}
    assert_in_progress(call)
    assert patch(caretaker, call["id"], status="completed").status_code == 200


def test_the_customers_history_has_it_from_its_beginning(client, call):
    detail = client.get(f"{CUSTOMERS}{call['customer_id']}/").json()["customer"]
    assert detail["call_history"] == [call]


def test_it_costs_so_many_queries(client, john, call, counted):
    with counted("PATCH calls"):
        patch(client, call["id"], status="completed", outcome="converted")
    with counted("GET call"):
        client.get(f"{CALLS}{call['id']}/")
