"""What every kind's bodies and parameters have in common: what asks nothing, what is ignored, what is told."""

import pytest

from tests.agents.conftest import AGENTS, CALLBACKS, CALLS, CUSTOMERS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory

pytestmark = pytest.mark.django_db
STATS = f"{AGENTS}stats/"
PARAMETERS = {
    AGENTS: "status personality_type training_level_gt training_level_lt inactive_days search",
    CUSTOMERS: "agent_id interest_level converted do_not_call call_preference_time phone_number search created_from"
    " created_to followup_before",
    CALLBACKS: "agent_id customer_id status priority_level overdue today date_from date_to search",
    CALLS: "agent_id customer_id callback_id status direction outcome started_from started_to",
}
EACH = [(path, name) for path, names in PARAMETERS.items() for name in [*names.split(), "ordering", "limit", "offset"]]
LATER = "2031-01-07T10:00:00Z"


@pytest.fixture
def john(sarah):
    customer = CustomerFactory(agent=sarah, phone_number="+33612345678", name="John")
    CallbackFactory(customer=customer)
    CallFactory(customer=customer)
    return customer


@pytest.mark.parametrize(("path", "name"), EACH, ids=lambda value: value.removeprefix(AGENTS) or "agents")
def test_an_empty_parameter_asks_nothing(client, john, path, name):
    answer = client.get(path, {name: ""})
    assert answer.status_code == 200, answer.content
    assert answer.json() == client.get(path).json()
    assert answer.json()["total_count"] == 1


@pytest.mark.parametrize("name", ["agent_id", "time_period", "tz"])
def test_nor_does_one_of_statistics(client, john, name):
    answer = client.get(STATS, {name: ""}).json()
    assert (answer["time_period"], answer["period"]["tz"]) == ("month", "UTC")


@pytest.mark.parametrize("path", [*PARAMETERS, STATS])
def test_but_one_that_nobody_knows_is_wrong_also_when_it_is_empty(client, sarah, path):
    for query, told in (("surprise=", "Unknown parameter."), ("agent_id=&agent_id=", None)):
        answer = client.get(f"{path}?{query}")
        assert (answer.status_code, list(answer.json()["details"])) == (400, [query.partition("=")[0]])
        assert told is None or answer.json()["details"] == {"surprise": [told]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (AGENTS, {"name": "Sarah"}),
        (CUSTOMERS, {"phone_number": "+33600000000"}),
        (CALLBACKS, {"customer_phone": "+33600000000", "scheduled_datetime": LATER}),
        (CALLS, {"customer_phone": "+33600000000"}),
    ],
    ids=["agent", "customer", "callback", "call"],
)
def test_what_the_server_sets_may_come_along_and_is_ignored(admin, john, path, body):
    first = admin.get(path).json()["items"][0]
    old = {name: first[name] for name in ("id", "created_at", "updated_at")}
    counters = {name: 99 for name in ("total_calls", "reschedule_count") if name in first}
    agent = {} if path == AGENTS else {"agent_id": str(john.agent_id)}
    answer = admin.post(path, {**body, **agent, **old, **counters}, format="json")
    assert answer.status_code == 201, answer.content
    made = answer.json()["data"]
    assert made["id"] != old["id"]
    assert made["created_at"] > "2026" != old["created_at"]
    assert {name: made[name] for name in counters} == dict.fromkeys(counters, 0 if path != CALLS else 1)


@pytest.mark.parametrize(
    ("path", "name", "words"),
    [
        (AGENTS, "status", "training, learning, active, optimizing, paused"),
        (CUSTOMERS, "interest_level", "cold, warm, hot, converted"),
        (CALLBACKS, "status", "scheduled, in_progress, completed, rescheduled, cancelled"),
        (CALLS, "outcome", "interested, not_interested, callback_requested, converted, do_not_call, other"),
        (CALLS, "ordering", "started_at, duration_seconds, -started_at, -duration_seconds"),
        (STATS, "time_period", "today, week, month, all"),
    ],
)
def test_a_refusal_tells_what_can_be_chosen(client, sarah, path, name, words):
    answer = client.get(path, {name: "surprise"})
    assert (answer.status_code, answer.json()["details"]) == (400, {name: [f"Must be one of: {words}."]})


def test_so_does_one_of_a_body_and_an_outcome_may_be_empty(client, john):
    body = {"customer_id": str(john.pk), "outcome": "surprise", "interest_level": "boiling"}
    assert client.post(CALLS, body, format="json").json()["details"] == {
        "outcome": ["Must be one of: interested, not_interested, callback_requested, converted, do_not_call, other."],
        "interest_level": ["Must be one of: cold, warm, hot, converted."],
    }
    assert client.post(CALLS, {**body, "outcome": "", "interest_level": ""}, format="json").status_code == 201


def test_the_name_of_a_callbacks_customer_is_changed_where_he_is(client, john):
    path = f"{CALLBACKS}{client.get(CALLBACKS).json()['items'][0]['id']}/"
    for send in (client.patch, client.put):
        answer = send(path, {"customer_name": "Johnny"}, format="json")
        assert (answer.status_code, answer.json()["details"]) == (
            400,
            {"customer_name": ["The name is the customer's: change it there."]},
        )
        assert send(path, {"customer_name": "John"}, format="json").status_code == 200
    john.refresh_from_db()
    assert john.name == "John"
