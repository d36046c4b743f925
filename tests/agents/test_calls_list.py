"""GET /api/agents/ai/calls/."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from core import tenancy
from tests.agents.conftest import CALLS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 1, 5, 12, tzinfo=UTC)
NONE = {"in_progress": 0, "completed": 0, "no_answer": 0, "busy": 0, "failed": 0}


def listed(caller, **parameters) -> dict:
    answer = caller.get(f"{CALLS}?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def calls(sarah) -> str:
    """Five calls, by the letters that are their notes, each a day after the one before."""
    customer = CustomerFactory(agent=sarah, phone_number="+33612345678")
    facts = [
        {"status": "completed", "outcome": "interested", "duration_seconds": 300},
        {"status": "no_answer"},
        {"status": "busy", "direction": "inbound", "duration_seconds": 10},
        {"status": "failed", "duration_seconds": 20},
        {"status": "in_progress", "callback": CallbackFactory(customer=customer), "duration_seconds": 5},
    ]
    for nr, fact in enumerate(facts):
        CallFactory(customer=customer, notes="abcde"[nr], started_at=NOON + timedelta(days=nr), **fact)
    return "abcde"


def letters(caller, **parameters) -> str:
    return "".join(item["notes"] for item in listed(caller, **parameters)["items"])


def test_a_call_is_listed_as_it_is_shown_by_itself(client, sarah):
    customer = CustomerFactory(agent=sarah)
    call = CallFactory(customer=customer, callback=CallbackFactory(customer=customer), outcome="other", notes="é")
    shown = client.get(f"{CALLS}{call.pk}/").json()["call"]
    assert shown["customer_phone"] == customer.phone_number
    assert listed(client) == {"items": [shown], "total_count": 1, "summary": {**NONE, "completed": 1}}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, "edcba"),
        ({"ordering": "started_at"}, "abcde"),
        ({"ordering": "-duration_seconds"}, "adceb"),
        ({"ordering": "duration_seconds"}, "becda"),
        ({"limit": 2, "offset": 1}, "dc"),
        ({"status": "busy"}, "c"),
        ({"direction": "outbound"}, "edba"),
        ({"direction": "outbound", "outcome": "interested"}, "a"),
        ({"started_from": "2024-01-07"}, "edc"),
        ({"started_to": "2024-01-06T12:00:00Z"}, "ba"),
        ({"started_from": "2024-01-06", "started_to": "2024-01-07"}, "cb"),
        ({"started_from": ""}, "edcba"),
    ],
    ids=str,
)
def test_filters_hold_together(client, calls, parameters, found):
    assert letters(client, **parameters) == found


def test_the_summary_is_of_what_matches_and_not_of_the_page(client, calls):
    body = listed(client, direction="outbound", limit=1)
    assert (body["total_count"], body["summary"]) == (4, {**dict.fromkeys(NONE, 1), "busy": 0})


def test_everybody_sees_his_own(admin, client, caretaker, outsider, stranger, sarah, calls, theirs, their_agent):
    elsewhere = CallFactory(customer=CustomerFactory(agent=AIAgentFactory()), notes="x", started_at=NOON)
    with tenancy.scope(theirs.organization.pk):
        CallFactory(customer=CustomerFactory(agent=their_agent), notes="y")
    assert sorted(letters(admin)) == sorted("abcdex")
    assert letters(client) == letters(caretaker) == "edcba"
    assert letters(admin, agent_id=elsewhere.agent_id) == "x"
    assert letters(admin, customer_id=elsewhere.customer_id) == "x"
    assert letters(outsider) == letters(client, customer_id=elsewhere.customer_id) == ""
    assert letters(outsider, agent_id=sarah.pk) == ""
    assert letters(stranger) == "y"


@pytest.mark.parametrize(
    "parameter", ["status", "direction", "outcome", "customer_id", "started_from", "ordering", "x"]
)
def test_what_is_wrong_with_a_parameter_is_said_by_its_name(client, sarah, parameter):
    answer = client.get(f"{CALLS}?{parameter}=wrong")
    assert (answer.status_code, list(answer.json()["details"])) == (400, [parameter])


def test_many_cost_no_more_queries_than_one(client, calls, counted):
    listed(client)
    with counted("GET calls"):
        listed(client, direction="outbound", ordering="-duration_seconds")
