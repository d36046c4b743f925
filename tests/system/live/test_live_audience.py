"""What concerns somebody's AI agent is heard by those who see it, and whose role changes hears what he may by then."""

import time

import pytest
from django.db import transaction

from accounts.models import Role, User
from accounts.services import issue_api_key
from agents.services.telling import tell
from core import tenancy
from tests.agents.factories import AIAgentFactory
from tests.conftest import PASSWORD
from tests.system.live.client import bearer, endings, happens

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sarah(ours):
    """The client's AI agent, which is assigned to ours.agent."""
    with tenancy.scope(ours.organization.pk):
        return AIAgentFactory(owner=ours.client, assigned_to=ours.agent)


def happens_to(company, agent, event="agent.updated", **payload):
    """Something happens to an AI agent, or to what belongs to it."""
    with tenancy.scope(company.organization.pk), transaction.atomic():
        tell(event, agent, payload)


def test_an_agents_events_are_heard_by_its_owner_its_caretaker_and_the_admins(ours, theirs, sarah, live, watch, login):
    neighbour = User.unscoped.create_user("neighbour@demo.test", PASSWORD, organization=ours.organization)
    hear = [watch(**bearer(login(person)["access"])) for person in (ours.admin, ours.client, ours.agent)]
    deaf = [watch(**bearer(login(neighbour)["access"])), watch(**bearer(login(theirs.admin)["access"]))]
    program = watch()
    assert {stream.status for stream in [*hear, *deaf, program]} == {200}

    for number, event in enumerate(["agent.updated", "customer.created", "callback.overdue", "call.ended"]):
        happens_to(ours, sarah, event, id=number)
        assert [stream.next() for stream in hear] == [(event, {"id": number})] * 3
    with tenancy.scope(ours.organization.pk):
        happens_to(ours, AIAgentFactory(owner=neighbour), id="the neighbour's")
    happens(ours, id="everybody's")
    happens(theirs, id="theirs")

    assert deaf[0].next() == ("agent.updated", {"id": "the neighbour's"})
    assert deaf[0].next() == program.next() == ("profile.logged_out", {"id": "everybody's"})
    assert deaf[1].next() == ("profile.logged_out", {"id": "theirs"})
    assert hear[0].next() == ("agent.updated", {"id": "the neighbour's"})
    assert [stream.next()[1]["id"] for stream in hear] == ["everybody's"] * 3


def test_an_admin_who_becomes_a_client_hears_what_a_client_may(ours, sarah, live, watch, login):
    access = bearer(login(ours.admin)["access"])
    stream, stays = watch(**access), watch(**bearer(login(ours.client)["access"]))
    happens_to(ours, sarah, id=1)
    assert stream.next() == stays.next() == ("agent.updated", {"id": 1})

    ours.admin.role = Role.CLIENT
    ours.admin.save(update_fields=["role"])
    began = time.monotonic()
    assert stream.next() is None  # properly, not in the middle of a chunk
    assert time.monotonic() - began < 5
    assert endings(live) == ["changed"]

    again = watch(**access)
    assert again.status == 200
    happens_to(ours, sarah, id=2)
    happens(ours, id=3)
    assert again.next() == ("profile.logged_out", {"id": 3})
    assert [stays.next()[1]["id"] for _ in range(2)] == [2, 3]


def test_a_key_that_loses_a_scope_is_ended_and_refused(ours, live, watch):
    with tenancy.scope(ours.organization.pk):
        issued = issue_api_key(name="Console", scopes=["profiles"])
        stream = watch(**{"X-API-Key": issued.secret})
        happens(ours, id=1)
        assert stream.next()[1] == {"id": 1}
        issued.key.scopes = ["trackimmo"]
        issued.key.save(update_fields=["scopes"])
    assert stream.next() is None
    assert endings(live) == ["changed"]
    assert watch(**{"X-API-Key": issued.secret}).status == 403
