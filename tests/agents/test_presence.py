"""How many AI agents are online is sampled for each organization that has any, once in five minutes."""

from datetime import timedelta

import pytest
import time_machine

from agents.models import AgentStatus
from agents.tasks import sample_agents_online
from core import tenancy
from core.outbox.models import OutboxEvent
from tests.agents.due_rows import NOW
from tests.agents.factories import AIAgentFactory


def sampled(organization) -> list[tuple[int, str]]:
    """(value, moment) of the samples of an organization, oldest first."""
    with tenancy.scope(organization.pk):
        events = OutboxEvent.objects.filter(topic="analytics.event").order_by("created_at", "id")
        assert {event.payload["metric"] for event in events} <= {"agents_online"}
        return [(event.payload["value"], event.payload["at"]) for event in events]


@pytest.fixture
def four_agents(in_scope):
    """Two that are ready, one that is not trained enough, and one that pauses."""
    AIAgentFactory(status=AgentStatus.ACTIVE, training_level=20)
    AIAgentFactory(status=AgentStatus.LEARNING, training_level=100)
    AIAgentFactory(status=AgentStatus.ACTIVE, training_level=19)
    AIAgentFactory(status=AgentStatus.PAUSED, training_level=100)


def test_those_that_may_call_are_counted(ours, four_agents):
    with time_machine.travel(NOW + timedelta(minutes=7, seconds=13), tick=False):
        sample_agents_online()
    assert sampled(ours.organization) == [(2, "2026-03-02T10:05:00.000+00:00")]


def test_two_beats_record_one_sample_and_the_next_slot_has_another(ours, four_agents):
    for minutes in (0, 4, 5):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            sample_agents_online()
            sample_agents_online()
    assert sampled(ours.organization) == [
        (2, "2026-03-02T10:00:00.000+00:00"),
        (2, "2026-03-02T10:05:00.000+00:00"),
    ]


def test_each_organization_has_samples_of_its_own_and_one_without_agents_has_none(ours, theirs, in_scope):
    with tenancy.scope(theirs.organization.pk):
        AIAgentFactory(status=AgentStatus.TRAINING)
    sample_agents_online()
    assert sampled(ours.organization) == []
    assert [value for value, _ in sampled(theirs.organization)] == [0]
