"""The cast: an admin, a client with an AI agent, whom it is assigned to, and a client who sees nothing of it."""

from pathlib import Path

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Role, User
from agents.models import AIAgent, Customer
from core import tenancy
from tests.agents.due_rows import NOW
from tests.agents.factories import AIAgentFactory, CustomerFactory
from tests.conftest import PASSWORD
from tests.counting import counting

AGENTS = "/api/agents/ai/"
CUSTOMERS = "/api/agents/ai/customers/"
CALLBACKS = "/api/agents/ai/callbacks/"
CALLS = "/api/agents/ai/calls/"


@pytest.fixture
def admin(ours, logged_in) -> APIClient:
    """An admin of ours: sees everything."""
    return logged_in(ours.admin)


@pytest.fixture
def client(ours, logged_in) -> APIClient:
    """A client of ours: sees `sarah`, his own."""
    return logged_in(ours.client)


@pytest.fixture
def caretaker(ours, logged_in) -> APIClient:
    """A person with the role agent: `sarah` is assigned to her."""
    return logged_in(ours.agent)


@pytest.fixture
def neighbour(ours) -> User:
    """Another client of our organization, who sees nothing of `sarah`."""
    return User.unscoped.create_user("neighbour@demo.test", PASSWORD, organization=ours.organization, role=Role.CLIENT)


@pytest.fixture
def outsider(neighbour, logged_in) -> APIClient:
    """The neighbour, logged in."""
    return logged_in(neighbour)


@pytest.fixture
def stranger(theirs, logged_in) -> APIClient:
    """The admin of the organization next door."""
    return logged_in(theirs.admin)


@pytest.fixture
def sarah(ours, in_scope) -> AIAgent:
    """The client's AI agent, ready to call around the clock."""
    return AIAgentFactory(name="Sarah", owner=ours.client, assigned_to=ours.agent)


@pytest.fixture
def john(sarah) -> Customer:
    """A customer of sarah's."""
    return CustomerFactory(agent=sarah, phone_number="+33612345678", name="John")


@pytest.fixture
def address(client, sarah) -> str:
    """Where sarah's calendar is."""
    return client.get(f"{AGENTS}{sarah.pk}/calendar").json()["calendar"]["url"]


@pytest.fixture
def their_agent(theirs) -> AIAgent:
    """An AI agent of the organization next door."""
    with tenancy.scope(theirs.organization.pk):
        return AIAgentFactory(name="Olga's")


@pytest.fixture
def standing_clock():
    """The clock stands at `due_rows.NOW`."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def counted():
    """`with counted("GET customers"):` asserts how many queries the block runs."""
    return counting(Path(__file__).with_name("query_counts.json"))
