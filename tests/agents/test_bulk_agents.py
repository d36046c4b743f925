"""POST /api/agents/ai/bulk-actions/."""

from datetime import timedelta

import pytest
import time_machine
from django.utils.timezone import now

from agents.models import AIAgent, Call, Callback, Customer
from tests.agents.bulk import BULK_AGENTS, act, booked, counts, everything, outcomes
from tests.agents.callback_fields import MONDAY, on
from tests.agents.conftest import AGENTS
from tests.agents.factories import AIAgentFactory, CallFactory
from tests.agents.hearing import heard
from tests.agents.recorded import entries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def each(in_scope) -> list[AIAgent]:
    """An agent in each status, the oldest first, each on a higher level than the last."""
    statuses = ["training", "learning", "active", "optimizing", "paused"]
    return [
        AIAgentFactory(status=status, training_level=20 * number, created_at=MONDAY - timedelta(days=90 - number))
        for number, status in enumerate(statuses)
    ]


def act_on_agents(caller, action, **body):
    return act(caller, action, path=BULK_AGENTS, **body)


@pytest.mark.parametrize(
    ("action", "status", "level", "unchanged"),
    [("activate", "active", None, 2), ("pause", "paused", None, 4), ("reset_training", "training", 0, 0)],
    ids=["activate", "pause", "reset_training"],
)
def test_those_that_are_so_already_stay_as_they_are(admin, each, action, status, level, unchanged):
    data = act_on_agents(admin, action, ids=each)
    assert counts(data) == (5, 4, 1, 0)
    assert outcomes(data) == [
        (str(agent.pk), "unchanged" if number == unchanged else "done", None) for number, agent in enumerate(each)
    ]
    for number, agent in enumerate(each):
        before = agent.status, agent.training_level
        agent.refresh_from_db()
        assert (agent.status, agent.training_level) == (status, 20 * number if level is None else level)
        changes = {"status": [before[0], status]} if before[0] != status else {}
        changes |= {"training_level": [before[1], level]} if level not in (None, before[1]) else {}
        found = [entry for entry in entries("ai_agent") if entry["resource_id"] == str(agent.pk)]
        assert [(entry["action"], entry["changes"]) for entry in found] == ([("update", changes)] if changes else [])


def test_a_trained_one_that_is_in_training_begins_anew(admin, in_scope):
    agent = AIAgentFactory(status="training", training_level=40)
    assert outcomes(act_on_agents(admin, "reset_training", ids=[agent])) == [(str(agent.pk), "done", None)]
    [entry] = entries("ai_agent")
    assert entry["changes"] == {"training_level": [40, 0]}


def test_filters_choose_the_oldest_first(admin, each, ours, sarah):
    training, learning, active, optimizing, paused = each
    CallFactory(agent=paused, customer__agent=paused)
    AIAgent.objects.filter(pk=paused.pk).update(last_call_at=now() - timedelta(days=3))

    def chosen(**filters):
        return [one["id"] for one in act_on_agents(admin, "pause", filters=filters, dry_run=True)["results"]]

    ids = lambda *agents: [str(agent.pk) for agent in agents]  # noqa: E731
    assert chosen(training_level_lt=60) == ids(training, learning, active)
    assert chosen(training_level_gt=0, training_level_lt=80, inactive_days=30) == ids(learning, active, optimizing)
    assert chosen(personality_type="friendly", inactive_days=3) == ids(*each)
    assert chosen(inactive_days=4) == ids(training, learning, active, optimizing)
    assert chosen(owner_id=str(ours.client.pk)) == ids(sarah)
    assert chosen(owner_id=str(ours.admin.pk)) == []
    assert act_on_agents(admin, "pause", filters={"status": "paused"})["unchanged"] == 1


def test_watchers_of_each_hear_of_it(admin, sarah, ours, django_capture_on_commit_callbacks):
    other = AIAgentFactory(status="paused")
    with django_capture_on_commit_callbacks() as told:
        act_on_agents(admin, "pause", ids=[sarah, other])
    assert [(event.name, event.data["id"], event.data["status"], event.audience) for event in heard(told)] == [
        ("agent.updated", str(sarah.pk), "paused", {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})
    ]
    shown = admin.get(f"{AGENTS}{sarah.pk}/").json()["agent"]
    assert heard(told)[0].data == shown


@pytest.fixture
def old(in_scope):
    """Makes agents of ninety days ago."""
    return lambda **fields: AIAgentFactory(**{"status": "paused", "created_at": MONDAY - timedelta(days=90)} | fields)


def test_inactive_ones_are_deleted_with_all_that_is_theirs(admin, old, in_scope, django_capture_on_commit_callbacks):
    empty, full = old(name="Empty"), old(name="Full", last_call_at=MONDAY - timedelta(days=30))
    callback = booked(full, on(10))
    CallFactory(customer=callback.customer, callback=callback)
    kept = booked(old(status="active"), on(10))
    CallFactory(customer=kept.customer)
    with django_capture_on_commit_callbacks() as told:
        data = act_on_agents(admin, "delete_inactive", ids=[full, empty])
    assert outcomes(data) == [(str(full.pk), "done", None), (str(empty.pk), "done", None)]
    assert [list(table.objects.values_list("agent_id", flat=True)) for table in (Customer, Callback, Call)] == [
        [kept.agent_id]
    ] * 3
    assert AIAgent.objects.get() == kept.agent
    gone = {entry["resource_id"]: entry for entry in entries("ai_agent")}
    assert {entry["action"] for entry in gone.values()} == {"delete"}
    counted = ("name", "customers", "callbacks", "calls")
    assert [gone[str(full.pk)]["changes"][name] for name in counted] == [["Full", None], [1, 0], [1, 0], [1, 0]]
    assert [gone[str(empty.pk)]["changes"][name] for name in counted] == [["Empty", None], [0, 0], [0, 0], [0, 0]]
    assert sorted((event.name, event.data["name"]) for event in heard(told)) == [
        ("agent.deleted", "Empty"),
        ("agent.deleted", "Full"),
    ]


def test_active_ones_new_ones_and_those_that_called_or_are_calling_stay(admin, old, in_scope):
    active, new = old(status="active"), old(created_at=MONDAY - timedelta(days=29))
    called, calling = old(last_call_at=MONDAY - timedelta(days=29, hours=23)), old(name="Calling")
    CallFactory(customer__agent=calling, status="in_progress")
    customers = Customer.objects.count()
    data = act_on_agents(admin, "delete_inactive", ids=[active, new, called, calling])
    assert counts(data) == (4, 0, 0, 4)
    assert [code for _, _, code in outcomes(data)] == [
        "AGENT_ACTIVE",
        "AGENT_ACTIVE",
        "AGENT_ACTIVE",
        "CALL_IN_PROGRESS",
    ]
    assert AIAgent.objects.count() == 4
    assert Customer.objects.count() == customers
    assert entries("ai_agent") == []


def test_the_filter_says_for_how_many_days(admin, old):
    ten, twenty = (old(last_call_at=MONDAY - timedelta(days=days)) for days in (10, 20))
    active = old(status="active")
    data = act_on_agents(admin, "delete_inactive", filters={"inactive_days": 15})
    assert sorted(outcomes(data), key=str) == sorted(
        [(str(twenty.pk), "done", None), (str(active.pk), "failed", "AGENT_ACTIVE")], key=str
    )
    assert set(AIAgent.objects.all()) == {ten, active}


@pytest.mark.parametrize("action", ["activate", "pause", "reset_training", "delete_inactive"])
def test_a_dry_run_tells_the_same_and_writes_nothing(admin, each, action, django_capture_on_commit_callbacks):
    CallFactory(customer__agent=each[0], status="in_progress")
    ids = [*each, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]
    before = everything()
    with django_capture_on_commit_callbacks() as told:
        planned = act_on_agents(admin, action, ids=ids, dry_run=True)
    assert (everything(), told) == (before, [])
    assert act_on_agents(admin, action, ids=ids) == planned | {"dry_run": False}
    assert everything() != before


@pytest.mark.parametrize("action", ["pause", "delete_inactive"])
def test_it_takes_as_many_queries_for_many_as_for_few(admin, old, counted, action):
    few, many = [old(status="learning")], [old(status="learning") for _ in range(40)]
    for agent in many:
        CallFactory(customer__agent=agent)
    admin.get(AGENTS)
    for agents in (few, many):
        with counted(f"POST bulk-actions, {action}"):
            assert act_on_agents(admin, action, ids=agents)["succeeded"] == len(agents)
