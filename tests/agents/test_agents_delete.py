"""DELETE /api/agents/ai/{id}/."""

import threading

import pytest
from django.db import connection

from agents.models import AIAgent, Call, Callback, Customer
from core import tenancy
from tests.agents.conftest import AGENTS, CUSTOMERS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.agents.recorded import entries

pytestmark = pytest.mark.django_db

MODELS = (AIAgent, Customer, Callback, Call)


def delete(caller, agent_id):
    return caller.delete(f"{AGENTS}{agent_id}/")


def rows() -> list[int]:
    """How many AI agents, customers, callbacks and calls there are in all organizations."""
    return [model.unscoped.count() for model in MODELS]


@pytest.fixture
def busy(sarah) -> AIAgent:
    """Sarah with two customers, three callbacks and four calls, one of which followed a callback."""
    for customer in (CustomerFactory(agent=sarah), CustomerFactory(agent=sarah)):
        callback = CallbackFactory(customer=customer, status="completed")
        CallFactory(customer=customer, callback=callback)
        CallFactory(customer=customer, status="busy")
    CallbackFactory(customer=customer)
    return sarah


@pytest.fixture
def others(busy, their_agent) -> AIAgent:
    """Another agent of ours with a customer, a callback and a call, besides the one next door."""
    call = CallFactory(callback=CallbackFactory())
    call.agent = call.callback.agent
    Call.objects.filter(pk=call.pk).update(agent=call.agent, customer=call.callback.customer)
    AIAgent.objects.exclude(pk__in=[busy.pk, call.agent.pk]).delete()
    return call.agent


def test_it_goes_with_all_that_belongs_to_it_and_is_answered_as_it_was(client, busy, others):
    shown = client.get(f"{AGENTS}{busy.pk}/").json()["agent"]
    answer = delete(client, busy.pk)
    assert answer.status_code == 200
    body = answer.json()
    assert body["message"] == "AI agent deleted successfully, with 2 customers, 3 callbacks and 4 calls"
    assert body["agent"] == body["data"] == shown
    assert rows() == [2, 1, 1, 1]
    for model in MODELS[1:]:
        assert model.objects.get().agent == others
    assert delete(client, busy.pk).status_code == 404


def test_one_entry_says_what_it_was_and_how_much_went_with_it(client, busy, ours):
    delete(client, busy.pk)
    [entry] = entries()
    assert (entry["action"], entry["resource_id"]) == ("delete", str(busy.pk))
    assert entry["user_id"] == str(ours.client.pk)
    changes = entry["changes"]
    assert changes["name"] == ["Sarah", None]
    assert [changes[name] for name in ("customers", "callbacks", "calls")] == [[2, 0], [3, 0], [4, 0]]


def test_those_who_saw_it_hear_of_it(client, busy, ours, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        shown = delete(client, busy.pk).json()["agent"]
    assert heard(callbacks) == [("agent.deleted", shown, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]


def test_not_while_it_is_talking(client, admin, busy):
    CallFactory(customer=Customer.objects.first(), status="in_progress")
    before = rows()
    for caller in (client, admin):
        answer = delete(caller, busy.pk)
        assert answer.status_code == 409
        assert answer.json() == {
            "error": "A call is in progress. End it first.",
            "code": "CALL_IN_PROGRESS",
            "details": {},
        }
    assert rows() == before
    assert entries() == []


def test_only_those_who_may_delete_it(caretaker, outsider, stranger, busy):
    before = rows()
    assert [delete(caller, busy.pk).status_code for caller in (caretaker, outsider, stranger)] == [403, 404, 404]
    assert rows() == before
    with tenancy.scope(busy.organization_id):
        assert entries() == []


def test_a_client_can_have_another_one_then(client, busy):
    delete(client, busy.pk)
    assert client.post(AGENTS, {"name": "Next"}, format="json").status_code == 201


def test_it_takes_as_many_queries_whatever_it_has(client, admin, busy, in_scope, counted):
    for caller in (client, admin):
        caller.get(AGENTS)  # who he is costs a query once
    with counted("DELETE agents/{id}"):
        assert delete(client, busy.pk).status_code == 200
    agent = AIAgentFactory()
    for customer in CustomerFactory.create_batch(20, agent=agent):
        CallFactory(customer=customer)
    with counted("DELETE agents/{id}"):
        assert delete(admin, agent.pk).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_whoever_writes_customers_meanwhile_fails_in_words(client, admin, sarah):
    answers = []
    at_once = threading.Barrier(2)

    def add() -> None:
        at_once.wait()
        for number in range(15):
            body = {"phone_number": f"+3361234{5600 + number}", "agent_id": str(sarah.pk)}
            answers.append(admin.post(CUSTOMERS, body, format="json").status_code)
        connection.close()

    thread = threading.Thread(target=add)
    thread.start()
    at_once.wait()
    assert delete(client, sarah.pk).status_code == 200
    thread.join()
    assert set(answers) <= {201, 404}, answers
    assert answers[-1] == 404
    assert rows() == [0, 0, 0, 0]
