"""docs/agents.md: its commands work as written, and its tables are of what there is."""

import inspect
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from agents import errors, permissions
from agents.models import AIAgent, Call, Callback, Customer
from agents.serializers import agents, bulk, callbacks, calls, customers, statistics
from agents.services import facts
from core.errors import SwitchboardError
from core.problems import STATUS
from demo.agents import seed_agents
from demo.data import AGENTS, DEMO
from demo.data import PASSWORD as DEMO_PASSWORD
from tests.agents.conftest import AGENTS as AI
from tests.agents.factories import CallFactory
from tests.conftest import PASSWORD

GUIDE = (Path(__file__).parents[2] / "docs" / "agents.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", GUIDE, re.DOTALL)
END = "\x1e"
CODES = {code: int(status) for code, status in re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", GUIDE, re.MULTILINE)}
# What core answers to callers of every app; tests/agents/test_errors.py has each of them answered.
OF_EVERY_APP = {
    *("VALIDATION_ERROR", "PARSE_ERROR", "INVALID", "BAD_REQUEST", "NOT_AUTHENTICATED", "TOKEN_INVALID"),
    *("SESSION_ENDED", "FORBIDDEN", "NOT_FOUND", "METHOD_NOT_ALLOWED", "NOT_ACCEPTABLE", "IDEMPOTENCY_KEY_REUSED"),
    *("IDEMPOTENCY_KEY_IN_USE", "PAYLOAD_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE", "RATE_LIMITED", "INTERNAL_ERROR"),
    "UNAVAILABLE",
}


def section(heading: str) -> str:
    """What stands below a heading, until the next one of its level."""
    return re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)[1]


@pytest.fixture
def typed(live_server, ours, in_scope, tmp_path) -> list[Any]:
    """What the guide's commands answer, typed one after the other where the demonstration's data is."""
    seed_agents(AGENTS[DEMO.slug], creator=ours.admin.email, seed=1)
    script = "".join(BLOCKS).replace("http://localhost:8000", live_server.url).replace(DEMO_PASSWORD, PASSWORD)
    script = re.sub(r"^curl ", f'curl --silent --fail-with-body --write-out "{END}" ', script, flags=re.MULTILINE)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return [json.loads(answer) if answer[0] == "{" else answer for answer in done.stdout.split(END)[:-1]]


@pytest.mark.system
@pytest.mark.django_db(transaction=True)
def test_the_guides_commands_in_their_order(typed):
    answers = iter(typed)
    first_call = next(answers)["call"]
    assert (first_call["outcome"], first_call["duration_seconds"]) == ("interested", 312)
    shown, listed, replaced, changed, unassigned = (next(answers) for _ in range(5))
    assert (shown["agent"]["name"], shown["agent"]["total_calls"]) == ("Sarah - Sales Expert", 1)
    assert [item["name"] for item in listed["items"]] == ["Camille"]
    assert (replaced["agent"]["status"], replaced["agent"]["sales_goals"]) == ("active", {})
    assert changed["agent"]["business_info"] == {"updated_features": ["New AI features", "Better analytics"]}
    assert unassigned["agent"]["assigned_to_id"] is None
    customer, hot, converted, coming = (next(answers) for _ in range(4))
    assert (customer["customer"]["interest_level"], len(customer["customer"]["call_history"])) == ("hot", 1)
    assert [item["name"] for item in hot["items"]] == ["John Smith"]
    assert converted["customer"]["preferences"] == {"preferred_language": "English"}
    assert coming["total_count"] > 3
    callback, overdue, today, moved, completed = (next(answers) for _ in range(5))
    assert callback["callback"]["customer_name"] == "Jeanne Roux"
    assert callback["callback"]["scheduled_datetime"].endswith("T09:00:00Z")
    assert {item["is_overdue"] for item in overdue["items"]} == {True}
    assert {item["agent_id"] for item in today["items"]} <= {str(AGENTS[DEMO.slug][0].id)}
    assert (moved["callback"]["status"], completed["callback"]["status"]) == ("rescheduled", "completed")
    ended, unanswered, of_john = (next(answers) for _ in range(3))
    assert (ended["call"]["status"], unanswered["call"]["status"]) == ("completed", "no_answer")
    assert of_john["total_count"] == 1
    planned, activated, spread, closed = (next(answers)["data"] for _ in range(4))
    assert (planned["dry_run"], planned["succeeded"], activated["unchanged"]) == (True, 1, 2)
    assert (spread["succeeded"], len({one["to"] for one in spread["results"]})) == (2, 2)
    documented = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[1])["data"]
    for result, other in zip(documented["results"], closed["results"], strict=True):
        assert result | {"id": ""} == other | {"id": ""}
    assert documented | {"results": 0} == closed | {"results": 0}
    month, week = (next(answers) for _ in range(2))
    assert (month["call_statistics"]["total"], month["agents_overview"]["total"]) == (3, 1)
    assert (week["period"]["tz"], week["agents_overview"]["total"]) == ("Europe/Paris", 3)
    calendar, entries, elsewhere = (next(answers) for _ in range(3))
    assert entries.startswith("BEGIN:VCALENDAR")
    assert calendar["calendar"]["url"] != elsewhere["calendar"]["url"]
    gone = [next(answers)["message"] for _ in range(3)]
    assert gone[2] == "AI agent deleted successfully, with 1 customer, 0 callbacks and 2 calls"
    assert list(answers) == []
    assert AIAgent.objects.filter(owner__isnull=False).count() == 0


@pytest.mark.django_db
def test_the_example_of_statistics_has_what_an_answer_has(client, sarah):
    CallFactory(customer__agent=sarah, started_at=now())
    documented = json.loads(re.search(r"```json\n(.*?)```", section("Statistics"), re.DOTALL)[1])
    answer = client.get(f"{AI}stats/").json()
    assert documented.keys() == answer.keys()
    assert documented["data"].keys() == answer["data"].keys()
    assert documented["previous"].keys() == answer["previous"].keys()
    for group in answer["previous"]:
        assert documented[group].keys() <= answer[group].keys()
        assert answer["data"][group] == answer[group]
        for name, inner in documented[group].items():
            assert not isinstance(inner, dict) or inner.keys() <= answer[group][name].keys()


@pytest.mark.parametrize(
    ("heading", "serializers"),
    [
        ("AI agents", [agents.AgentIn, agents.AgentsQuery]),
        ("Customers", [customers.CustomerIn, customers.CustomersQuery]),
        ("Callbacks", [callbacks.CallbackIn, callbacks.CallbackChangesIn, callbacks.CallbacksQuery]),
        ("Calls", [calls.CallIn, calls.CallChangesIn, calls.CallsQuery]),
        ("Bulk actions", [bulk.AgentBulkIn, bulk.CallbackBulkIn, bulk.AgentFiltersIn, bulk.CallbackFiltersIn]),
        ("Statistics", [statistics.StatisticsQuery]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_field_and_parameter_is_told_where_it_belongs(heading, serializers):
    told = section(heading)
    names = {name for serializer in serializers for name in serializer().fields} - {"limit", "offset", "ordering"}
    assert {name for name in names if f"`{name}`" not in told and f'"{name}"' not in told} == set()


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("AI agents", facts.AGENT_FACTS),
        ("Customers", facts.CUSTOMER_FACTS),
        ("Callbacks", facts.CALLBACK_FACTS),
        ("Calls", facts.CALL_FACTS),
    ],
)
def test_every_fact_of_an_answer_is_told(heading, names):
    told = section(heading)
    assert {name for name in names if f"`{name}`" not in told} <= {"id", "created_at", "updated_at", "agent_id"}


@pytest.mark.parametrize(
    ("heading", "query"),
    [
        ("AI agents", agents.AgentsQuery),
        ("Customers", customers.CustomersQuery),
        ("Callbacks", callbacks.CallbacksQuery),
        ("Calls", calls.CallsQuery),
    ],
)
def test_every_order_is_told_and_which_is_the_usual_one(heading, query):
    [told] = re.findall(r"Order: (.*)", section(heading))
    ordering = query().fields["ordering"]
    names = {name.removeprefix("-") for name in ordering.choices}
    assert {name for name in names if f"`{name}`" not in told} == set()
    assert re.search(rf"`{ordering.default}`[^,]*unless told", told)


@pytest.mark.parametrize("model", [AIAgent, Customer, Callback, Call], ids=lambda model: model.__name__)
def test_every_value_that_can_be_chosen_is_told(model):
    for field in model._meta.fields:
        assert [value for value, _ in field.choices or [] if f"`{value}`" not in GUIDE] == []


@pytest.mark.parametrize("action", [*bulk.AGENT_ACTIONS, *bulk.CALLBACK_ACTIONS])
def test_every_bulk_action_is_told(action):
    assert re.search(rf"^\|[^|]*`{action}`", section("Bulk actions"), re.MULTILINE)


def test_the_table_of_roles_is_the_one_that_is_followed():
    rows = dict(re.findall(r"^\| `(admin|client|agent)` \| (.*)$", section("Who may do what"), re.MULTILINE))
    assert rows.keys() == permissions.PERMISSIONS.keys()
    words = {"all": "MANAGES", "views, updates": "KEEPS", "views, records, ends": "ADDS"}
    for role, row in rows.items():
        _, agents_told, others_told, calls_told, _, bulk_told, _ = (cell.strip() for cell in row.split("|"))
        for resource, told in (
            (permissions.Resource.AGENTS, agents_told),
            (permissions.Resource.CUSTOMERS, others_told),
            (permissions.Resource.CALLBACKS, others_told),
            (permissions.Resource.CALLS, calls_told),
        ):
            allowed = permissions.PERMISSIONS[role][resource]
            assert allowed - {permissions.BULK} == getattr(permissions, words[told.split(";")[0]])
            if resource in {permissions.Resource.AGENTS, permissions.Resource.CALLBACKS}:
                assert (permissions.BULK in allowed) == (bulk_told == "yes")


def test_the_table_of_codes_has_each_with_its_status_and_no_other():
    ours = {
        kind.code.upper(): next(int(status) for base, status in STATUS.items() if issubclass(kind, base))
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, SwitchboardError) and kind.__module__ == errors.__name__
    }
    assert {code: CODES.get(code) for code in ours} == ours
    assert CODES.keys() == ours.keys() | OF_EVERY_APP
