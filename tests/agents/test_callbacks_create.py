"""POST /api/agents/ai/callbacks/: scheduling a callback."""

from datetime import timedelta

import pytest
import time_machine

from agents.models import Callback, Customer
from tests.agents.callback_fields import MONDAY, NOBODY, SCHEDULED, entries, everything, iso, on
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory
from tests.agents.hearing import heard

pytestmark = pytest.mark.django_db
NEW = "+33612345678"


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def john(sarah) -> Customer:
    return CustomerFactory(agent=sarah, name="John")


def schedule(caller, **body):
    body = {"customer_phone": NEW, "scheduled_datetime": iso(on(10)), **body}
    return caller.post(CALLBACKS, {name: value for name, value in body.items() if value is not None}, format="json")


def test_a_callback_for_an_unknown_number_makes_the_customer(
    client, sarah, ours, counted, django_capture_on_commit_callbacks
):
    body = {
        "customer_phone": "+33 6 12 34 56 78",
        "customer_name": "Jeanne",
        "scheduled_datetime": "2030-01-07T10:30:00Z",
        "reason": "Follow-up on pricing discussion",
        "notes": "Customer wants to discuss enterprise package",
        "priority_level": 4,
        "expected_outcome": "Quote approval",
    }
    client.get(CALLBACKS)
    with django_capture_on_commit_callbacks() as told, counted("POST callbacks, new customer"):
        answer = client.post(CALLBACKS, body, format="json")
    assert answer.status_code == 201, answer.content
    customer, callback = Customer.objects.get(), Callback.objects.get()
    shown = {
        **SCHEDULED,
        **{name: body[name] for name in ("reason", "notes", "priority_level", "expected_outcome")},
        "id": str(callback.pk),
        "agent_id": str(sarah.pk),
        "customer_id": str(customer.pk),
        "customer_phone": NEW,
        "customer_name": "Jeanne",
        "scheduled_datetime": "2030-01-07T10:30:00Z",
        "ends_at": "2030-01-07T10:45:00Z",
        "created_at": iso(MONDAY),
        "updated_at": iso(MONDAY),
    }
    assert answer.json() == {
        "message": "Callback scheduled successfully",
        "data": shown,
        "callback": shown,
        "timestamp": iso(MONDAY),
    }
    assert (customer.agent, customer.phone_number, customer.name) == (sarah, NEW, "Jeanne")
    assert customer.next_followup == on(10, 30)
    said = {name: [None, value] for name, value in shown.items() if value not in ("", None) and name != "updated_at"}
    assert entries() == [("create", str(callback.pk), said)]
    assert [action for action, *_ in entries("customer")] == ["create"]
    audience = {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"}
    events = {event.name: (event.data, event.audience) for event in heard(told)}
    assert events.keys() == {"customer.created", "callback.created"}
    assert events["callback.created"] == (shown, audience)


def test_a_known_number_is_its_customers_however_it_is_written(client, sarah, counted):
    john = CustomerFactory(agent=sarah, phone_number=NEW, name="John")
    client.get(CALLBACKS)
    with counted("POST callbacks"):
        answer = schedule(client, customer_phone="0033 6.12.34.56.78".replace("00", "+", 1), customer_name="Jack")
    assert answer.status_code == 201
    assert answer.json()["callback"]["customer_name"] == "John"
    assert Callback.objects.get().customer == Customer.objects.get() == john


def test_a_customer_is_meant_by_id(client, sarah, john):
    answer = schedule(client, customer_phone=None, customer_id=str(john.pk))
    assert answer.status_code == 201
    assert answer.json()["callback"]["customer_id"] == str(john.pk)
    assert schedule(client, customer_phone=None, customer_id=str(john.pk), agent_id=str(sarah.pk)).status_code == 409


def test_the_next_follow_up_is_the_earliest(client, sarah):
    for at, earliest in ((on(12), on(12)), (on(11), on(11)), (on(13), on(11))):
        assert schedule(client, scheduled_datetime=iso(at)).status_code == 201
        assert Customer.objects.get().next_followup == earliest


def test_a_time_without_an_offset_is_utc_and_has_no_fraction_of_a_second(client, sarah):
    times = ("2030-01-07T10:00:00", "2030-01-07T12:15:00.999+02:00", "2030-01-07T10:30Z")
    answers = [schedule(client, scheduled_datetime=at).json()["callback"]["scheduled_datetime"] for at in times]
    assert answers == [iso(on(10)), iso(on(10, 15)), iso(on(10, 30))]
    assert [row.scheduled_datetime for row in Callback.objects.order_by("scheduled_datetime")] == [
        on(10),
        on(10, 15),
        on(10, 30),
    ]


@pytest.mark.parametrize("status", ["training", "paused", "optimizing"])
def test_an_agent_that_may_not_call_now_is_booked_for_later(client, sarah, status):
    sarah.status = status
    sarah.save()
    assert schedule(client).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "code", "message"),
    [
        ({"scheduled_datetime": iso(MONDAY)}, 400, "PAST_DATETIME", "Must be in the future."),
        ({"scheduled_datetime": "2025-10-02T14:30:00Z"}, 400, "PAST_DATETIME", "Must be in the future."),
        (
            {"scheduled_datetime": iso(on(16, 46))},
            400,
            "OUTSIDE_WORKING_HOURS",
            "Outside the agent's working hours, 10:00 to 18:00, Europe/Paris."
            " The next free time is 2030-01-09T09:20:00Z.",
        ),
        (
            {"scheduled_datetime": iso(on(10))},
            409,
            "DAILY_LIMIT_REACHED",
            "The agent has 2 callbacks on that day, which is its limit. The next free time is 2030-01-09T09:20:00Z.",
        ),
        (
            {"scheduled_datetime": iso(on(9, 14, day=2))},
            409,
            "SLOT_TAKEN",
            "The agent has another callback within 15 minutes of that time."
            " The next free time is 2030-01-09T09:20:00Z.",
        ),
    ],
    ids=["now", "years ago", "hours", "limit", "slot"],
)
def test_a_time_that_cannot_be_is_refused_with_the_next_one_that_can(client, sarah, body, status, code, message):
    sarah.timezone, sarah.max_daily_calls = "Europe/Paris", 2
    sarah.working_hours_start, sarah.working_hours_end = "10:00", "18:00"
    sarah.save()
    mary = CustomerFactory(agent=sarah)
    for at in (on(12), on(13), on(12, day=1), on(13, day=1), on(9, 5, day=2)):
        CallbackFactory(customer=mary, scheduled_datetime=at)
    before = everything()
    answer = schedule(client, **body)
    assert answer.status_code == status, answer.content
    assert answer.json() == {
        "error": f"scheduled_datetime: {message}",
        "code": code,
        "details": {"scheduled_datetime": [message]},
    }
    assert everything() == before


def test_what_is_completed_counts_for_the_day_and_what_is_cancelled_does_not(client, sarah, john):
    sarah.max_daily_calls = 2
    sarah.save()
    CallbackFactory(customer=john, scheduled_datetime=on(9), status="completed")
    CallbackFactory(customer=john, scheduled_datetime=on(10), status="cancelled")
    assert schedule(client, scheduled_datetime=iso(on(9))).status_code == 201
    assert schedule(client, scheduled_datetime=iso(on(11))).json()["code"] == "DAILY_LIMIT_REACHED"


def test_who_asked_not_to_be_called_is_not(client, sarah):
    CustomerFactory(agent=sarah, phone_number=NEW, do_not_call=True)
    before = everything()
    answer = schedule(client)
    assert answer.status_code == 409
    assert answer.json()["code"] == "DO_NOT_CALL"
    assert everything() == before


EITHER = {"customer_phone": ["Give either this or customer_id."]}
MISSING = {**EITHER, "scheduled_datetime": ["This field is required."]}


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({"customer_phone": None}, EITHER),
        ({"customer_id": str(NOBODY)}, EITHER),
        ({"customer_phone": "nonsense"}, None),
        ({"customer_phone": 33612345678}, {"customer_phone": ["Not a valid string."]}),
        ({"scheduled_datetime": None}, {"scheduled_datetime": ["This field is required."]}),
        ({"scheduled_datetime": "tomorrow"}, None),
        ({"scheduled_datetime": "2030-01-07"}, None),
        ({"scheduled_datetime": 1893456000}, None),
        ({"scheduled_datetime": "9999-12-31T23:59:59Z"}, None),
        ({"scheduled_datetime": "0001-01-01T00:00:00+14:00"}, None),
        ({"priority_level": 0}, {"priority_level": ["Ensure this value is greater than or equal to 1."]}),
        ({"priority_level": 6}, {"priority_level": ["Ensure this value is less than or equal to 5."]}),
        ({"priority_level": "3"}, {"priority_level": ["A valid integer is required."]}),
        ({"reason": "x" * 501}, {"reason": ["Ensure this field has no more than 500 characters."]}),
        ({"expected_outcome": ["x"]}, {"expected_outcome": ["Not a valid string."]}),
        ({"notes": "x" * 20_001}, None),
        ({"customer_phone": None, "scheduled_datetime": None}, MISSING),
        ({"status": "completed"}, {"status": ["Unknown field."]}),
        ({"agent_id": 7}, None),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_be_understood_is_refused_by_field(client, sarah, body, details):
    before = everything()
    answer = schedule(client, **body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["code"] == "VALIDATION_ERROR"
    if details is None:
        assert answer.json()["details"].keys() == body.keys()
    else:
        assert answer.json()["details"] == details
    assert everything() == before


def test_without_an_agent_there_is_nobody_to_call(outsider, sarah):
    before = everything()
    answer = schedule(outsider)
    assert answer.status_code == 400
    assert answer.json()["details"] == {"agent_id": ["There is no AI agent yet. Create one first."]}
    assert everything() == before


def test_an_admin_says_which_of_several_agents_he_means(admin, sarah):
    other = AIAgentFactory()
    assert schedule(admin).json()["details"] == {"agent_id": ["There are several AI agents: say which one."]}
    answer = schedule(admin, agent_id=str(other.pk))
    assert answer.status_code == 201
    assert answer.json()["callback"]["agent_id"] == str(other.pk)
    assert schedule(admin, agent_id=str(sarah.pk)).status_code == 201
    assert Customer.objects.filter(phone_number=NEW).count() == 2


def test_what_somebody_does_not_see_is_not_there(client, outsider, stranger, sarah, john, their_agent):
    AIAgentFactory(owner=None)
    hidden = CustomerFactory()
    before = everything()
    for caller, body in (
        (client, {"agent_id": str(their_agent.pk)}),
        (client, {"agent_id": str(hidden.agent.pk)}),
        (outsider, {"agent_id": str(sarah.pk)}),
        (stranger, {"agent_id": str(sarah.pk)}),
        (client, {"agent_id": str(NOBODY)}),
    ):
        answer = schedule(caller, **body)
        assert (answer.status_code, answer.json()["details"]) == (404, {"agent_id": ["AI agent not found."]})
    for caller, customer, more in (
        (client, hidden.pk, {}),
        (outsider, john.pk, {}),
        (stranger, john.pk, {}),
        (client, NOBODY, {}),
        (client, hidden.pk, {"agent_id": str(sarah.pk)}),
    ):
        answer = schedule(caller, customer_phone=None, customer_id=str(customer), **more)
        assert (answer.status_code, answer.json()["details"]) == (404, {"customer_id": ["Customer not found."]})
    assert everything() == before


def test_a_customer_of_another_agent_than_the_one_named_is_not_there(admin, sarah, john):
    other = AIAgentFactory()
    answer = schedule(admin, customer_phone=None, customer_id=str(john.pk), agent_id=str(other.pk))
    assert (answer.status_code, answer.json()["details"]) == (404, {"customer_id": ["Customer not found."]})
    assert not Callback.objects.exists()


def test_the_role_agent_schedules_nothing(caretaker, sarah, john):
    before = everything()
    answer = schedule(caretaker)
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert everything() == before


def test_the_same_slot_of_two_agents_is_two_slots(admin, sarah):
    other = AIAgentFactory()
    assert schedule(admin, agent_id=str(sarah.pk)).status_code == 201
    assert schedule(admin, agent_id=str(other.pk)).status_code == 201
    assert schedule(admin, agent_id=str(other.pk), scheduled_datetime=iso(on(9, 46))).status_code == 409


def test_what_is_cancelled_or_completed_leaves_its_slot(client, sarah, john):
    for status in ("cancelled", "completed"):
        CallbackFactory(customer=john, scheduled_datetime=on(10), status=status)
    assert schedule(client).status_code == 201
    assert Callback.objects.get(status="scheduled").ends_at == on(10) + timedelta(minutes=15)
