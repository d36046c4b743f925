"""Every request of the AI agents' document: codes and shapes, with and without the slash, filters and bulk actions."""

import json
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from agents.models import AIAgent, Callback, Customer
from tests.contract.agents_world import World
from tests.contract.shapes import differences

pytestmark = pytest.mark.django_db

EXAMPLES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("agents.json").read_text())
IDS = [example["name"] for example in EXAMPLES]
SUCCESS = {"message": None, "data": None, "timestamp": "2025-10-01T12:00:00Z"}
LIST = {"items": None, "total_count": 150, "summary": None}
ERROR = {"error": "Detailed error message", "code": "VALIDATION_ERROR", "details": None}
AI = "/api/agents/ai/"
PLACES = {"agent": AI, "customer": f"{AI}customers/", "callback": f"{AI}callbacks/"}
WRITES = [example for example in EXAMPLES if "body" in example and example["answers"] in PLACES]
STATISTICS = {"agents_overview", "call_statistics", "customer_statistics", "performance_metrics"}


@pytest.fixture
def admin(ours, logged_in, written) -> APIClient:
    return logged_in(ours.admin)


def send(caller: APIClient, example: dict[str, Any], path: str):
    method = example["name"].split()[0]
    return caller.generic(method, path, json.dumps(example.get("body", {})), content_type="application/json")


def make_room(world: World, example: dict[str, Any]) -> None:
    """What is to be made must not be there yet."""
    if example["name"] == f"POST {AI}customers/":
        world.john.delete()


@pytest.mark.parametrize("slash", [True, False], ids=["as written", "without the slash"])
@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_answer_is_the_documented_one(example, admin, world, slash):
    make_room(world, example)
    answer = send(admin, example, world.path(example["name"].split()[1], slash=slash))
    assert answer.status_code == example.get("status", 200), answer.content
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    if example["answers"] == "list":
        assert differences(LIST, body, additions=False) == []
        assert body["total_count"] == len(body["items"]) > 0
        assert set(example.get("summary", [])) <= body["summary"].keys()
        assert {type(count) for count in body["summary"].values()} == {int}
        return
    assert differences(SUCCESS, body) == []
    assert body["message"]
    assert body["timestamp"] == "2025-10-01T12:00:00Z"
    if example["answers"] in PLACES:
        assert body.keys() == {"message", "data", example["answers"], "timestamp"}
        assert body["data"] == body[example["answers"]]
    if example["answers"] == "stats":
        assert body["data"].keys() >= STATISTICS


@pytest.mark.parametrize("example", WRITES, ids=[example["name"] for example in WRITES])
def test_what_was_sent_is_what_is_answered_and_found_again(example, admin, world):
    make_room(world, example)
    answered = send(admin, example, world.path(example["name"].split()[1])).json()["data"]
    assert {name: answered[name] for name in example["body"]} == example["body"]
    found = admin.get(f"{PLACES[example['answers']]}{answered['id']}/").json()["data"]
    assert {name: found[name] for name in answered} == answered


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_without_a_token_it_is_401_and_nothing_happens(example, http, program, world):
    rows = everything()
    for caller in (http, program, APIClient(headers={"Authorization": "Bearer not.a.token"})):
        answer = send(caller, example, world.path(example["name"].split()[1]))
        assert answer.status_code == 401
        assert differences(ERROR, answer.json(), additions=False) == []
    assert everything() == rows


def everything() -> list[list[dict[str, Any]]]:
    return [list(model.objects.order_by("pk").values()) for model in (AIAgent, Customer, Callback)]
