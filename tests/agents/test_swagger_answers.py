"""What Swagger says of answers is true of answers: each kind's list, and one of it, with all that may be empty."""

from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from agents.models import Customer
from tests.agents.conftest import AGENTS, CALLBACKS, CALLS, CUSTOMERS
from tests.agents.factories import CallbackFactory, CallFactory, CustomerFactory

pytestmark = pytest.mark.django_db
STATS = f"{AGENTS}stats/"


@pytest.fixture
def empty(sarah, client) -> Customer:
    """Somebody of whom nothing is known but his number, with a callback and a call of which nothing is said."""
    customer = CustomerFactory(agent=sarah, name="")
    CallbackFactory(customer=customer, reason="", scheduled_datetime=datetime(2030, 2, 7, 10, tzinfo=UTC))
    CallFactory(customer=customer)
    CallFactory(customer=customer, status="in_progress")
    client.put(f"{AGENTS}{sarah.pk}/", {"name": "Sarah"}, format="json")
    return customer


@pytest.fixture
def told(sarah, client) -> Customer:
    """Somebody of whom all is known, called a moment ago."""
    customer = CustomerFactory(agent=sarah, email="john@example.com", preferences={"language": "fr"})
    callback = CallbackFactory(customer=customer, notes="Asks for Ann", expected_outcome="Quote")
    body = {"customer_id": str(customer.pk), "callback_id": str(callback.pk), "outcome": "converted"}
    assert client.post(CALLS, body, format="json").status_code == 201
    CallbackFactory(customer=customer, scheduled_datetime=datetime(2030, 3, 7, 10, tzinfo=UTC))
    return customer


@pytest.fixture
def schema(http) -> dict[str, Any]:
    """As it is served."""
    return with_nulls(http.get("/swagger.json").json())


def with_nulls(schema: Any) -> Any:
    """What may be null, as JSON Schema says it: OpenAPI 2 knows no null."""
    if isinstance(schema, list):
        return [with_nulls(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: with_nulls(part) for name, part in schema.items()}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("x-nullable") is True else inner


def described(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """What is said of a path, whose slash at the end may be there or not."""
    base = schema["basePath"].rstrip("/")
    return {f"{base}{known}".rstrip("/"): operations for known, operations in schema["paths"].items()}[path.rstrip("/")]


def problems(schema: dict[str, Any], path: str, verb: str, answer: Any) -> list[str]:
    """Where an answer is not as described."""
    told = described(schema, path)[verb]["responses"][str(answer.status_code)]["schema"]
    validator = Draft4Validator({**told, "definitions": schema["definitions"]}, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]


def unnamed(schema: dict[str, Any], path: str, body: dict[str, Any]) -> set[str]:
    """What an object of an answer has and its description has not, or the other way round."""
    name = described(schema, path)["get"]["responses"]["200"]["schema"]["$ref"].rpartition("/")[2]
    properties = schema["definitions"][name]["properties"]
    part = properties["data"] if "data" in properties else properties["items"]["items"]
    told = schema["definitions"][part["$ref"].rpartition("/")[2]]["properties"]
    [*ones] = [body["data"]] if "data" in body else body["items"]
    return {field for one in ones for field in one.keys() ^ told.keys()}


@pytest.mark.parametrize(
    ("path", "name"),
    [(AGENTS, "agent_id"), (CUSTOMERS, "customer_id"), (CALLBACKS, "callback_id"), (CALLS, "call_id")],
    ids=["agents", "customers", "callbacks", "calls"],
)
def test_lists_and_details_are_as_described(admin, empty, told, schema, path, name):
    listed = admin.get(path)
    assert problems(schema, path, "get", listed) == []
    assert unnamed(schema, path, listed.json()) == set()
    assert listed.json()["items"]
    for item in listed.json()["items"]:
        one = admin.get(f"{path}{item['id']}/")
        assert problems(schema, f"{path}{{{name}}}/", "get", one) == []
        assert unnamed(schema, f"{path}{{{name}}}/", one.json()) == set()


@pytest.mark.parametrize("period", ["month", "all"])
def test_statistics_are_as_described_with_and_without_calls(admin, client, outsider, empty, told, schema, period):
    for caller in (admin, outsider):
        assert problems(schema, STATS, "get", caller.get(STATS, {"time_period": period})) == []


def test_errors_are_as_described(admin, schema):
    answer = admin.post(CALLS, {}, format="json")
    assert answer.status_code == 400
    assert problems(schema, CALLS, "post", answer) == []


def test_what_was_done_is_as_described(admin, empty, told, schema):
    made = admin.post(AGENTS, {"name": "Ann"}, format="json")
    assert problems(schema, AGENTS, "post", made) == []
    body = {"agent_id": made.json()["data"]["id"], "phone_number": "+33600000000"}
    customer = admin.post(CUSTOMERS, body, format="json")
    assert problems(schema, CUSTOMERS, "post", customer) == []
    bulk = admin.post(f"{AGENTS}bulk-actions/", {"action": "pause", "ids": [body["agent_id"]]}, format="json")
    assert problems(schema, f"{AGENTS}bulk-actions/", "post", bulk) == []


def test_the_introduction_tells_of_ai_agents(http):
    assert "AI agents that call customers" in http.get("/swagger.json").json()["info"]["description"]
