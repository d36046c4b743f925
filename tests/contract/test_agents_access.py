"""What the AI agents' document says of roles: a client his own, an admin everything and in bulk, an agent what is his.

Each line of it over every documented endpoint.
"""

import pytest
from rest_framework.test import APIClient

from agents.models import AIAgent, Callback, Customer
from tests.contract.shapes import differences
from tests.contract.test_agents import AI, ERROR, EXAMPLES, IDS, everything, make_room, send

pytestmark = pytest.mark.django_db


def names(examples):
    return [example["name"] for example in examples]


OF_ONE = [example for example in EXAMPLES if "{" in example["name"]]
BULK = [example for example in EXAMPLES if example["answers"] == "bulk"]
OWN = [example for example in EXAMPLES if example not in BULK and example["name"] != f"POST {AI}"]
LISTS = [f"GET {AI}", f"GET {AI}customers/", f"GET {AI}callbacks/"]


@pytest.fixture
def as_role(ours, logged_in, written):
    """An HTTP client of our user with that role."""
    return lambda role: logged_in(getattr(ours, role))


@pytest.mark.parametrize("example", OWN, ids=names(OWN))
def test_a_client_manages_his_own_ai_agent_and_its_data(example, as_role, world):
    make_room(world, example)
    answer = send(as_role("client"), example, world.path(example["name"].split()[1]))
    assert answer.status_code == example.get("status", 200), answer.content


def test_a_client_creates_his_ai_agent_and_no_second_one(as_role, world, ours):
    client, [create] = as_role("client"), [one for one in EXAMPLES if one["name"] == f"POST {AI}"]
    answer = send(client, create, AI)
    assert (answer.status_code, answer.json()["code"]) == (409, "AGENT_EXISTS")
    assert not AIAgent.objects.filter(name=create["body"]["name"]).exists()
    world.sarah.delete()
    made = send(client, create, AI)
    assert made.status_code == 201
    assert AIAgent.objects.get(pk=made.json()["agent"]["id"]).owner == ours.client


@pytest.mark.parametrize("role", ["client", "agent"])
@pytest.mark.parametrize("example", OF_ONE, ids=names(OF_ONE))
def test_what_is_anothers_does_not_exist_for_clients_and_agents(example, role, as_role, world):
    caller, before = as_role(role), everything()
    answer = send(caller, example, world.path(example["name"].split()[1], foreign=True))
    is_forbidden = role == "agent" and example["name"].startswith("DELETE")
    assert (answer.status_code, answer.json()["code"]) == ((403, "FORBIDDEN") if is_forbidden else (404, "NOT_FOUND"))
    assert differences(ERROR, answer.json(), additions=False) == []
    assert everything() == before


@pytest.mark.parametrize("example", OF_ONE, ids=names(OF_ONE))
def test_an_admin_manages_everybodys(example, as_role, world):
    if example["name"].startswith(f"PUT {AI}callbacks"):
        example = {**example, "body": {**example["body"], "customer_phone": world.mary.phone_number}}
    answer = send(as_role("admin"), example, world.path(example["name"].split()[1], foreign=True))
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    ("role", "agents", "customers", "callbacks"),
    [("admin", 4, 3, 4), ("client", 1, 2, 3), ("agent", 1, 2, 3)],
)
def test_lists_have_what_one_sees(role, agents, customers, callbacks, as_role, world):
    caller = as_role(role)
    counts = [caller.get(path.split()[1]).json()["total_count"] for path in LISTS]
    assert counts == [agents, customers, callbacks]


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_an_agent_views_and_updates_what_is_assigned_to_him_and_nothing_else(example, as_role, world):
    caller, before = as_role("agent"), everything()
    answer = send(caller, example, world.path(example["name"].split()[1]))
    may = example["name"].split()[0] in {"GET", "PUT", "PATCH"}
    assert answer.status_code == (200 if may else 403), answer.content
    if not may:
        assert answer.json()["code"] == "FORBIDDEN"
        assert everything() == before


@pytest.mark.parametrize("role", ["client", "agent"])
@pytest.mark.parametrize("example", BULK, ids=names(BULK))
def test_bulk_operations_are_an_admins(example, role, as_role, world):
    caller, before = as_role(role), everything()
    answer = send(caller, example, example["name"].split()[1])
    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert differences(ERROR, answer.json(), additions=False) == []
    assert everything() == before


@pytest.mark.parametrize("example", OF_ONE, ids=names(OF_ONE))
def test_another_organizations_admin_finds_nothing(example, theirs, logged_in, world):
    stranger: APIClient = logged_in(theirs.admin)
    before = everything()
    answer = send(stranger, example, world.path(example["name"].split()[1]))
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert everything() == before
    assert Customer.objects.count() == 3
    assert Callback.objects.count() == 4
