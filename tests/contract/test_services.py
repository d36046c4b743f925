"""Every example of the document of audit, analytics and messages over HTTP: as GET and as POST, and its commands."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.conf import settings as django_settings

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from audit.documents import AUDIT_LOGS
from core.testing.mongo import start_empty
from messaging.documents import MESSAGES
from tests.conftest import PASSWORD
from tests.contract.services_world import ADDRESS, BROWSER, CAMPAIGN, CONVERSATION, World, make_world
from tests.contract.shapes import differences

pytestmark = pytest.mark.django_db(transaction=True)

HERE = Path(__file__).parent
EXAMPLES: list[dict[str, Any]] = json.loads((HERE / "services.json").read_text())
IDS = [example["name"] for example in EXAMPLES]
BY_NAME = dict(zip(IDS, EXAMPLES, strict=True))
QUERIES = [(example["name"], example["query"]) for example in EXAMPLES]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def world(ours) -> World:
    for collection in (AUDIT_LOGS, METRIC_EVENTS, METRIC_ROLLUPS, MESSAGES):
        start_empty(collection)
    return make_world(ours)


@pytest.fixture
def token(world, live_server) -> str:
    login = {"email": world.user.email, "password": PASSWORD}
    answer = httpx.post(f"{live_server.url}/api/v1/auth/login/", json=login, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()["access"]


@pytest.fixture
def send(live_server, token):
    """Ask for an example, by GET or by POST with a form."""

    def send(name: str, query: dict[str, str], *, method: str = "GET", slash: str = "/", **headers: str):
        url = f"{live_server.url}/api/v1/{name}{slash}"
        headers = {"Authorization": f"Bearer {token}"} | headers
        given = {"params": query} if method == "GET" else {"data": query, "headers": headers | FORM}
        return httpx.request(method, url, **{"headers": headers, "timeout": 20, **given})

    return send


WAYS = [(method, slash) for method in ("GET", "POST") for slash in ("/", "")]


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_the_answer_is_the_documented_one(example, send):
    for method, slash in WAYS:
        answer = send(example["name"], example["query"], method=method, slash=slash)
        assert answer.status_code == 200, answer.text
        assert answer.history == []
        assert answer.headers["Content-Type"] == "application/json"
        is_the_documented_one(answer.json(), example)


def is_the_documented_one(body: dict[str, Any], example: dict[str, Any]) -> None:
    """Item by item: what the document has of each place in the list, and nothing else but what we say we add."""
    documented = example["answer"]
    assert set(body) - set(documented) == set(example.get("additions", []))
    assert differences({**documented, "data": []}, body) == []
    assert body["count"] == len(body["data"]) > 0
    for place, item in enumerate(body["data"]):
        meant = documented["data"][min(place, len(documented["data"]) - 1)]
        assert differences(meant, item) == []
        assert set(item) - set(meant) == set(example.get("item_additions", []))


def test_what_is_left_out_is_as_documented(send, world):
    """The same answer as with the documented defaults spelled out."""
    for example in EXAMPLES:
        defaults = {name: value.replace("{user_id}", str(world.user.pk)) for name, value in example["defaults"].items()}
        asked = {name: value for name, value in example["query"].items() if name not in defaults}
        left_out, spelled_out = send(example["name"], asked), send(example["name"], asked | defaults, method="POST")
        assert (left_out.status_code, left_out.json()) == (200, spelled_out.json())


def test_the_log_has_what_was_done(send, world):
    first = send("audit-logs", {"action": "execute", "user_id": str(world.user.pk)}).json()["data"][0]
    assert UUID(first["_id"])
    assert first["organization_id"] == str(world.company.organization.pk)
    assert first["user_id"] == str(world.user.pk)
    assert (first["action"], first["resource_type"], first["resource_id"]) == ("execute", "campaign", CAMPAIGN)
    assert first["changes"] == {"status": ["published", "executed"]}
    assert (first["ip_address"], first["user_agent"]) == (ADDRESS, BROWSER)


def test_a_history_begins_with_the_oldest(send):
    body = send("audit-logs/resource-history", {"resource_id": CAMPAIGN}).json()
    assert (body["resource_id"], body["count"]) == (CAMPAIGN, 3)
    assert [entry["action"] for entry in body["data"]] == ["create", "update", "execute"]
    assert [entry["changes"]["status"][1] for entry in body["data"]] == ["draft", "published", "executed"]
    assert send("audit-logs/resource-history", {"resource_id": CAMPAIGN, "limit": "1"}).json()["data"] == [
        body["data"][-1]
    ]


def test_activity_is_the_callers_and_the_newest_first(send, world):
    body = send("audit-logs/user-activity", {"days": "30"}).json()
    assert (body["user_id"], body["days"]) == (str(world.user.pk), 30)
    moments = [entry["created_at"] for entry in body["data"]]
    assert moments == sorted(moments, reverse=True)


def test_days_and_hours_are_as_many_as_asked_for_and_zero_where_nothing_was(send):
    daily = send("analytics/daily", {}).json()
    assert (daily["metric_type"], daily["period"], daily["count"]) == ("messages_sent", "last_30_days", 30)
    assert [row for row in daily["data"] if row["count"]] == [daily["data"][-1]]
    # Three messages of the conversation, long ago, are none of today's.
    assert daily["data"][-1] | {"date": ""} == {"date": "", "total": 1500, "count": 12, "average": 125.0}
    assert daily["data"][0] | {"date": ""} == {"date": "", "total": 0, "count": 0, "average": 0.0}
    hourly = send("analytics/hourly", {}).json()
    assert (hourly["metric_type"], hourly["period"], hourly["count"]) == ("campaigns_executed", "last_24_hours", 24)
    assert [row["total"] for row in hourly["data"]] in ([0] * 23 + [107], [0] * 22 + [107, 0])


def test_the_metrics_are_exactly_the_documented_ones(send):
    assert send("analytics/metrics", {}).json() == BY_NAME["analytics/metrics"]["answer"]


def test_a_conversation_is_shown_as_it_went(send, world):
    body = send("message-history/conversation", {"conversation_id": str(CONVERSATION)}).json()
    documented = BY_NAME["message-history/conversation"]["answer"]["data"]
    people = {documented[0]["sender_id"]: str(world.user.pk)}
    for said, meant in zip(body["data"][:2], documented, strict=True):
        named = {key: people.get(meant[key], meant[key]) for key in ("sender_id", "receiver_id")}
        assert said == {**meant, **named, "id": said["id"]}
        assert UUID(said["id"])


def test_a_search_finds_what_the_query_means_and_the_best_first(send):
    body = send("message-history/search", {"q": "help OR support"}).json()
    assert body["query"] == "help OR support"
    assert {hit["content"] for hit in body["data"]} == {
        "Hello, how can I help?",
        "I need help with my order",
        "Please provide support for this issue",
    }
    scores = [hit["score"] for hit in body["data"]]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("message-history/conversation", "conversation_id"),
        ("message-history/search", "q"),
        ("audit-logs/resource-history", "resource_id"),
    ],
)
def test_a_missing_parameter_is_told_of_as_documented(send, name, field):
    message = f"{field} is required"
    for method, _ in WAYS:
        for query in ({}, {field: ""}, {"limit": "5"}):
            answer = send(name, query, method=method)
            assert answer.status_code == 400
            assert answer.json() == {"success": False, "message": message, "errors": {field: [message]}}


def test_without_a_login_it_is_the_documented_401(send, live_server):
    for name, query in QUERIES:
        for method, slash in WAYS:
            url = f"{live_server.url}/api/v1/{name}{slash}"
            answer = httpx.request(method, url, params=query, timeout=20)
            assert answer.status_code == 401
            assert answer.json() == {"detail": "Authentication credentials were not provided."}
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            refused = send(name, query, method=method, slash=slash, Authorization="Bearer not.a.token")
            assert (refused.status_code, set(refused.json())) == (401, {"detail"})


@pytest.mark.parametrize(("name", "query"), [one for one in QUERIES if one[0] != "analytics/metrics"])
def test_without_mongodb_it_is_the_documented_500_and_tells_nothing_of_its_inside(name, query, send, settings):
    settings.MONGODB_URI = "mongodb://127.0.0.1:1/?replicaSet=rs0"
    answer = send(name, query, method="POST")
    assert answer.status_code == 500, answer.text
    assert answer.json() == {"success": False, "message": "The document store is not available. Try again later."}


def test_the_limits_are_told_as_documented(send):
    before = time.time()
    for used, (name, query) in enumerate(QUERIES):
        answers = [send(name, query), send(name, {"colour": "red"})]
        assert [answer.status_code for answer in answers] == [200, 400]
        for place, answer in enumerate(answers):
            told = [int(answer.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")]
            # All documented reads share a user's hundred.
            assert told[:2] == [100, 99 - 2 * used - place]
            assert before < told[2] <= time.time() + 3601


def test_swagger_describes_the_reads_as_get_only(live_server, world):
    paths = httpx.get(f"{live_server.url}/swagger.json", timeout=60).json()["paths"]
    for example in EXAMPLES:
        described = paths[f"/api/v1/{example['name']}"]
        assert {"get", "post", "put", "patch", "delete"} & set(described) == {"get"}
        parameters = {one["name"] for one in described["get"]["parameters"]}
        assert {*example["query"], *example["defaults"]} <= parameters
        assert described["get"]["security"] == [{"Bearer": []}]


TEXT = (HERE / "services.sh").read_text()
# A comment says what the command below it is for; a command goes on until the next empty line.
COMMANDS = dict(re.findall(r"^# ([^\n]+)\n(curl .*?)(?=\n\n|\Z)", TEXT, re.MULTILINE | re.DOTALL))


@pytest.fixture
def type_in(live_server, world):
    """Type one of the commands, against this test's server, and return what it answers."""
    world.user.email = "user@example.com"
    world.user.set_password("password123")
    world.user.save(update_fields=["email", "password"])

    def run(purpose: str, token: str = "") -> Any:
        command = COMMANDS[purpose].replace("http://localhost:8000", live_server.url)
        command = command.replace("curl ", "curl --silent --show-error --fail-with-body ", 1)
        done = subprocess.run(
            ["bash", "-euc", command],
            env={"PATH": "/usr/bin:/bin", "TOKEN": token},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    return run


@pytest.mark.system
def test_the_commands_of_the_document(type_in, world):
    assert len(COMMANDS) == TEXT.count("\ncurl ") == 5
    token = type_in("Get a token")["access"]
    executed = type_in("Get campaigns executed in last 7 days", token)
    assert (executed["metric_type"], executed["period"], executed["count"]) == ("campaigns_executed", "last_7_days", 7)
    assert executed["data"][-1]["total"] == 107
    activity = type_in("Get user's activity in last 30 days", token)
    assert (activity["days"], activity["user_id"]) == (30, str(world.user.pk))
    assert {entry["resource_id"] for entry in activity["data"]} >= {CAMPAIGN}
    history = type_in("Get conversation history", token)
    assert history["data"][0]["content"] == "Hello, how can I help?"
    assert len(history["data"]) == 3
    found = type_in("Search messages", token)
    assert (found["query"], found["count"]) == ("help", 2)


def test_every_documented_endpoint_has_an_example():
    assert len(set(IDS)) == 8
    assert django_settings.RATE_LIMIT_ENABLED
