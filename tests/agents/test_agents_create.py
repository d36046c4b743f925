"""POST /api/agents/ai/."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import Role, User
from agents.models import AIAgent
from core import tenancy
from tests.agents.agent_fields import BAD_FIELDS, DEFAULTS, EVERYTHING
from tests.agents.conftest import AGENTS
from tests.agents.hearing import heard
from tests.agents.recorded import entries
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def create(caller, body, **headers):
    return caller.post(AGENTS, body, format="json", headers=headers)


def test_a_name_is_enough_and_the_rest_has_defaults(client, ours, in_scope):
    answer = create(client, {"name": "  My Sales AI "})
    assert answer.status_code == 201
    body = answer.json()
    agent = body["agent"]
    assert body["message"] == "AI agent created successfully"
    assert body["data"] == agent
    assert {name: agent[name] for name in DEFAULTS} == DEFAULTS
    assert (agent["name"], agent["owner_id"], agent["assigned_to_id"]) == ("My Sales AI", str(ours.client.pk), None)
    stored = AIAgent.objects.get()
    assert (str(stored.pk), stored.created_by) == (agent["id"], ours.client)


def test_all_that_is_said_is_kept_and_answered_again(client, in_scope):
    agent = create(client, EVERYTHING).json()["agent"]
    assert {name: agent[name] for name in EVERYTHING} == EVERYTHING
    assert client.get(f"{AGENTS}{agent['id']}/").json()["agent"] == agent


def test_it_is_audited_with_what_was_said(client, in_scope):
    agent = create(client, {"name": "Sarah", "max_daily_calls": 75}).json()["agent"]
    [entry] = entries()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == ("create", "ai_agent", agent["id"])
    assert (entry["changes"]["name"], entry["changes"]["max_daily_calls"]) == ([None, "Sarah"], [None, 75])


def test_a_client_has_one_agent_at_most(client, sarah, in_scope):
    answer = create(client, {"name": "Another"})
    assert answer.status_code == 409
    assert answer.json() == {
        "error": "This client has an AI agent already.",
        "code": "AGENT_EXISTS",
        "details": {},
    }
    assert list(AIAgent.objects.all()) == [sarah]
    assert entries() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_made(client, ours, in_scope):
    answers = []
    at_once = threading.Barrier(2)

    def post() -> None:
        at_once.wait()
        answers.append(create(client, {"name": "Mine"}).status_code)
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [201, 409]
    assert AIAgent.objects.count() == 1


def test_an_admin_makes_agents_for_whom_he_names_and_for_nobody(admin, ours, neighbour, in_scope):
    body = {"name": "Sarah", "owner_id": str(ours.client.pk), "assigned_to_id": str(ours.agent.pk)}
    agent = create(admin, body).json()["agent"]
    assert (agent["owner_id"], agent["assigned_to_id"]) == (str(ours.client.pk), str(ours.agent.pk))
    assert create(admin, {"name": "Free"}).json()["agent"]["owner_id"] is None
    assert create(admin, {"name": "Free too", "owner_id": None}).status_code == 201
    taken = create(admin, {"name": "Second", "owner_id": str(ours.client.pk)})
    assert (taken.status_code, taken.json()["code"]) == (409, "AGENT_EXISTS")
    assert set(AIAgent.objects.values_list("owner_id", flat=True)) == {ours.client.pk, None}


@pytest.mark.parametrize(("field", "role"), [("owner_id", "client"), ("assigned_to_id", "agent")])
def test_its_people_are_the_organizations_own_with_the_right_role(admin, ours, theirs, field, role, in_scope):
    away = User.unscoped.create_user(
        "away@demo.test", PASSWORD, organization=ours.organization, role=Role(role), is_active=False
    )
    wrong = [ours.admin.pk, getattr(theirs, role).pk, away.pk, uuid4()]
    for user_id in wrong:
        answer = create(admin, {"name": "Sarah", field: str(user_id)})
        assert answer.status_code == 400
        assert answer.json()["details"] == {
            field: [f"Must be the id of a user of the organization with the role {role}."]
        }
    assert AIAgent.objects.count() == 0
    assert entries() == []


@pytest.mark.parametrize("field", ["owner_id", "assigned_to_id"])
def test_a_client_does_not_say_whose_it_is(client, ours, neighbour, field, in_scope):
    answer = create(client, {"name": "Sarah", field: str(neighbour.pk)})
    assert answer.status_code == 403
    assert answer.json()["details"] == {field: ["Only an admin may set this."]}
    assert AIAgent.objects.count() == 0


def test_to_say_what_is_so_anyhow_is_no_harm(client, ours, in_scope):
    body = {"name": "Sarah", "owner_id": str(ours.client.pk), "assigned_to_id": None}
    assert create(client, body).status_code == 201


def test_somebody_who_looks_after_agents_makes_none(caretaker, in_scope):
    answer = create(caretaker, {"name": "Mine"})
    assert answer.status_code == 403
    assert answer.json() == {
        "error": "The role agent may not create AI agents.",
        "code": "FORBIDDEN",
        "details": {},
    }
    assert AIAgent.objects.count() == 0


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS, ids=lambda value: repr(value)[:40])
def test_a_bad_field_is_400_and_named(client, field, value, in_scope):
    answer = create(client, {"name": "Sarah", field: value})
    assert answer.status_code == 400, answer.json()
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert set(answer.json()["details"]) == {field}
    assert AIAgent.objects.count() == 0
    assert entries() == []


def test_without_a_name_there_is_none(client, in_scope):
    answer = create(client, {})
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "name: This field is required.",
        "code": "VALIDATION_ERROR",
        "details": {"name": ["This field is required."]},
    }


def test_what_the_server_sets_may_come_along_and_changes_nothing(client, in_scope):
    said = {"id": str(uuid4()), "total_calls": 7, "conversions": 5, "created_at": "2020-01-01T00:00:00Z"}
    agent = create(client, {"name": "Sarah", **said}).json()["agent"]
    assert (agent["total_calls"], agent["conversions"]) == (0, 0)
    assert not {agent["id"], agent["created_at"]} & set(map(str, said.values()))


def test_json_may_come_as_text(client, in_scope):
    answer = client.post(AGENTS, b'{"name": "My Sales AI"}', content_type="text/plain;charset=UTF-8")
    assert answer.status_code == 201


def test_the_same_key_makes_one_agent(admin, in_scope):
    first = create(admin, {"name": "Sarah"}, **{"Idempotency-Key": "once"})
    again = create(admin, {"name": "Sarah"}, **{"Idempotency-Key": "once"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert AIAgent.objects.count() == 1


def test_those_who_see_it_hear_of_it(admin, ours, in_scope, django_capture_on_commit_callbacks):
    body = {"name": "Sarah", "owner_id": str(ours.client.pk), "assigned_to_id": str(ours.agent.pk)}
    with django_capture_on_commit_callbacks() as callbacks:
        agent = create(admin, body).json()["agent"]
    assert heard(callbacks) == [("agent.created", agent, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]


def test_it_takes_so_many_queries(client, counted, in_scope):
    create(client, {})
    with counted("POST agents"):
        assert create(client, EVERYTHING).status_code == 201


def test_the_organization_next_door_has_its_own(stranger, sarah, theirs):
    assert create(stranger, {"name": "Theirs"}).status_code == 201
    with tenancy.scope(theirs.organization.pk):
        assert [agent.name for agent in AIAgent.objects.all()] == ["Theirs"]
    assert AIAgent.unscoped.count() == 2
