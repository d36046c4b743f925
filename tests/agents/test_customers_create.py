"""POST /api/agents/ai/customers/."""

from uuid import uuid4

import pytest

from agents.models import Customer
from core import tenancy
from core.outbox.models import OutboxEvent
from tests.agents.conftest import CUSTOMERS
from tests.agents.factories import AIAgentFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.agents.recorded import entries

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "phone_number": "+1234567890",
    "name": "John Smith",
    "email": "john@example.com",
    "interest_level": "warm",
    "call_preference_time": "afternoon",
    "communication_style": "professional",
    "preferences": {"preferred_language": "English", "budget": {"least": 1000, "most": 5000.5}, "tags": [None, "a"]},
    "notes": "Interested in cloud automation solutions",
    "do_not_call": True,
}
DEFAULTS = {
    "name": "",
    "email": "",
    "interest_level": "cold",
    "call_preference_time": "anytime",
    "communication_style": "",
    "preferences": {},
    "notes": "",
    "do_not_call": False,
    "converted": False,
    "converted_at": None,
    "total_calls": 0,
    "last_call_at": None,
    "next_followup": None,
}


def create(caller, **body):
    return caller.post(CUSTOMERS, body, format="json")


def assert_refused(answer, status: int, code: str, details: dict) -> None:
    assert (answer.status_code, answer.json()["code"], answer.json()["details"]) == (status, code, details)
    assert OutboxEvent.unscoped.exclude(payload__action="login").count() == 0


def test_a_phone_number_is_enough_and_the_rest_has_defaults(client, sarah):
    answer = create(client, phone_number="+33 6 12 34 56 78")
    assert answer.status_code == 201
    body = answer.json()
    customer = body["customer"]
    assert set(body) == {"message", "data", "customer", "timestamp"}
    assert (body["message"], body["data"]) == ("Customer created successfully", customer)
    assert (customer["phone_number"], customer["agent_id"]) == ("+33612345678", str(sarah.pk))
    assert {name: customer[name] for name in DEFAULTS} == DEFAULTS
    assert Customer.objects.get().phone_number == "+33612345678"


def test_all_that_is_said_is_kept_and_answered_again(client, sarah):
    customer = create(client, **EVERYTHING).json()["customer"]
    assert {name: customer[name] for name in EVERYTHING} == EVERYTHING
    shown = client.get(f"{CUSTOMERS}{customer['id']}/").json()["customer"]
    assert shown == {**customer, "call_history": [], "callbacks": []}


def test_it_is_audited_and_told_to_those_who_see_it(client, ours, sarah, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        customer = create(client, phone_number="+33612345678", name="John").json()["customer"]
    [entry] = entries()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("create", "customer", customer["id"])
    assert entry["user_id"] == str(ours.client.pk)
    assert entry["changes"]["phone_number"] == [None, "+33612345678"]
    assert (entry["changes"]["name"], entry["changes"]["agent_id"]) == ([None, "John"], [None, str(sarah.pk)])
    assert heard(callbacks) == [("customer.created", customer, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]


def test_a_phone_number_is_an_agents_once_however_it_is_written(client, sarah):
    CustomerFactory(agent=sarah, phone_number="+33612345678")
    answer = create(client, phone_number="+33 (0)6.12.34.56.78", interest_level="converted")
    message = "This AI agent has a customer with +33612345678 already."
    assert_refused(answer, 409, "CUSTOMER_EXISTS", {"phone_number": [message]})
    assert Customer.objects.count() == 1
    sarah.refresh_from_db()
    assert sarah.conversions == 0


def test_two_agents_may_have_a_customer_with_the_same_number(admin, sarah):
    CustomerFactory(phone_number="+33612345678")
    assert create(admin, phone_number="+33612345678", agent_id=str(sarah.pk)).status_code == 201
    assert Customer.objects.count() == 2


def test_whoever_is_converted_is_counted(client, sarah):
    customer = create(client, phone_number="+33612345678", interest_level="converted").json()["customer"]
    assert customer["converted"] is True
    assert customer["converted_at"] == customer["created_at"]
    sarah.refresh_from_db()
    assert sarah.conversions == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("phone_number", "0612345678"), ("phone_number", "nonsense"), ("phone_number", 33612345678)),
        *(("phone_number", None), ("phone_number", ""), ("phone_number", ["+33612345678"])),
        *(("name", "x" * 201), ("name", None), ("name", 5), ("email", "nobody"), ("email", "a@b.c" * 60)),
        *(("interest_level", "boiling"), ("interest_level", None), ("interest_level", ["hot"])),
        *(("call_preference_time", "night"), ("communication_style", "x" * 51), ("preferences", [])),
        *(("preferences", "much"), ("preferences", None), ("preferences", {"much": "x" * 20_001})),
        *(("notes", "x" * 20_001), ("do_not_call", "yes"), ("do_not_call", 0), ("do_not_call", None)),
        *(("agent_id", "sarah"), ("agent_id", None), ("surprise", 1)),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_wrong_is_refused_by_name_and_nothing_is_written(client, sarah, field, value):
    answer = create(client, **{"phone_number": "+33612345678", field: value})
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert list(answer.json()["details"]) == [field]
    assert not Customer.objects.exists()
    assert entries() == []


def test_without_a_number_nobody_is_written_down(client, sarah):
    assert_refused(create(client), 400, "VALIDATION_ERROR", {"phone_number": ["This field is required."]})


def test_of_several_agents_one_must_be_named(admin, ours, sarah):
    AIAgentFactory()
    missing = {"agent_id": ["There are several AI agents: say which one."]}
    assert_refused(create(admin, phone_number="+33612345678"), 400, "VALIDATION_ERROR", missing)
    assert not Customer.objects.exists()
    assert create(admin, phone_number="+33612345678", agent_id=str(sarah.pk)).status_code == 201


def test_without_an_agent_there_are_no_customers(client, in_scope):
    missing = {"agent_id": ["There is no AI agent yet. Create one first."]}
    assert_refused(create(client, phone_number="+33612345678"), 400, "VALIDATION_ERROR", missing)


def test_an_agent_that_one_does_not_see_is_none(outsider, client, sarah, their_agent):
    unknown = {"agent_id": ["AI agent not found."]}
    for caller, agent_id in ((outsider, sarah.pk), (client, their_agent.pk), (client, uuid4())):
        answer = create(caller, phone_number="+33612345678", agent_id=str(agent_id))
        assert_refused(answer, 404, "NOT_FOUND", unknown)
    assert not Customer.unscoped.exists()


def test_whoever_looks_after_agents_writes_nobody_down(caretaker, sarah):
    answer = create(caretaker, phone_number="+33612345678")
    assert_refused(answer, 403, "FORBIDDEN", {})
    assert not Customer.objects.exists()


def test_the_number_of_another_organizations_customer_is_free(client, sarah, theirs, their_agent):
    with tenancy.scope(theirs.organization.pk):
        CustomerFactory(agent=their_agent, phone_number="+33612345678")
    assert create(client, phone_number="+33612345678").status_code == 201


def test_it_costs_so_many_queries(client, sarah, counted):
    client.get(CUSTOMERS)  # who is calling is known from now on
    with counted("POST customers"):
        create(client, **EVERYTHING)
