"""PUT and PATCH /api/agents/ai/{id}/."""

import threading
from datetime import time
from uuid import uuid4

import pytest
from django.db import connection

from agents.models import AIAgent, Callback
from core import tenancy
from tests.agents.agent_fields import BAD_FIELDS, DEFAULTS, EVERYTHING
from tests.agents.conftest import AGENTS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.agents.recorded import entries

pytestmark = pytest.mark.django_db

# What PUT sets to its default, and what it leaves alone.
STATE = ("status", "training_level", "owner_id", "assigned_to_id", "total_calls", "conversions")
SET_UP = sorted(DEFAULTS.keys() - {*STATE, "is_ready_for_calls", "successful_calls", "last_call_at"})


def put(caller, agent_id, body):
    return caller.put(f"{AGENTS}{agent_id}/", body, format="json")


def patch(caller, agent_id, body):
    return caller.patch(f"{AGENTS}{agent_id}/", body, format="json")


def row(agent) -> dict:
    """All that is stored of it."""
    return AIAgent.unscoped.filter(pk=agent.pk).values().get()


@pytest.fixture
def complete(ours, in_scope) -> AIAgent:
    """The client's agent, in which nothing is as by default."""
    people = {"owner": ours.client, "assigned_to": ours.agent}
    times = {"working_hours_start": time(7, 30), "working_hours_end": time(20)}
    return AIAgentFactory(**{**EVERYTHING, **people, **times}, total_calls=9, conversions=4)


def test_patch_changes_what_is_given_and_nothing_else(client, complete):
    before = row(complete)
    answer = patch(client, complete.pk, {"status": "learning", "max_daily_calls": 100, "personality_type": "custom"})
    assert answer.status_code == 200
    assert answer.json()["message"] == "AI agent updated successfully"
    after = row(complete)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"status", "max_daily_calls", "personality_type", "updated_at"}
    assert answer.json()["agent"] == answer.json()["data"] == client.get(f"{AGENTS}{complete.pk}/").json()["agent"]


def test_patch_merges_objects_and_null_takes_away(client, complete):
    body = {"business_info": {"nested": {"list": [7], "more": {"deep": True}}, "company_name": None}}
    agent = patch(client, complete.pk, body).json()["agent"]
    assert agent["business_info"] == {"nested": {"list": [7], "more": {"deep": True}}}
    assert agent["sales_goals"] == EVERYTHING["sales_goals"]
    agent = patch(client, complete.pk, {"sales_goals": {"target_conversions": None}}).json()["agent"]
    assert agent["sales_goals"] == {"avg_deal_size": 1500}


def test_true_is_not_one(client, complete):
    patch(client, complete.pk, {"sales_goals": {"insists": 1}})
    patch(client, complete.pk, {"sales_goals": {"insists": True}})
    assert row(complete)["sales_goals"]["insists"] is True


@pytest.mark.parametrize("target", [-1, 2.5, 100.0, "100", True, [100], {"of": 100}], ids=str)
def test_a_target_is_a_whole_number(client, complete, target):
    before = row(complete)
    told = {"sales_goals": ["target_conversions must be a whole number, 0 or more."]}
    body = {"sales_goals": {"target_conversions": target}}
    for answer in (patch(client, complete.pk, body), put(client, complete.pk, {"name": "Sarah", **body})):
        assert (answer.status_code, answer.json()["details"]) == (400, told)
    assert row(complete) == before


def test_no_target_is_none_and_a_null_is_taken_away_by_patch_alone(client, complete):
    assert patch(client, complete.pk, {"sales_goals": {"target_conversions": 0}}).status_code == 200
    assert put(client, complete.pk, {"name": "Sarah", "sales_goals": {"target_conversions": None}}).status_code == 400
    assert put(client, complete.pk, {"name": "Sarah", "sales_goals": {}}).status_code == 200


def test_put_sets_what_is_left_out_to_its_default_and_leaves_its_state_and_its_people_alone(client, complete):
    before = client.get(f"{AGENTS}{complete.pk}/").json()["agent"]
    body = {"name": "Sarah - Advanced Sales AI", "business_info": {"updated_features": ["a", "b"]}}
    answer = put(client, complete.pk, body)
    assert answer.status_code == 200
    agent = answer.json()["agent"]
    assert {name: agent[name] for name in SET_UP} == {name: DEFAULTS[name] for name in SET_UP} | {
        "business_info": {"updated_features": ["a", "b"]}
    }
    assert {name: agent[name] for name in STATE} == {name: before[name] for name in STATE}
    assert agent["name"] == body["name"]


def test_put_needs_a_name(client, complete):
    before = row(complete)
    answer = put(client, complete.pk, {"status": "active"})
    assert answer.status_code == 400
    assert answer.json()["details"] == {"name": ["This field is required."]}
    assert row(complete) == before


@pytest.mark.parametrize("send", [put, patch])
def test_what_was_answered_can_be_sent_back_and_changes_nothing(client, caretaker, complete, send):
    before, agent = row(complete), client.get(f"{AGENTS}{complete.pk}/").json()["agent"]
    for caller in (client, caretaker):
        answer = send(caller, complete.pk, agent)
        assert answer.status_code == 200, answer.json()
        assert answer.json()["agent"] == agent
    assert row(complete) == before
    assert entries() == []


def test_an_empty_patch_changes_nothing_and_tells_nobody(client, complete, django_capture_on_commit_callbacks):
    before = row(complete)
    with django_capture_on_commit_callbacks() as callbacks:
        assert patch(client, complete.pk, {}).status_code == 200
    assert row(complete) == before
    assert (entries(), heard(callbacks)) == ([], [])


def test_what_changed_is_audited_and_told(client, complete, ours, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        agent = patch(client, complete.pk, {"name": "Sally", "status": "paused", "max_daily_calls": 1000}).json()[
            "agent"
        ]
    [entry] = entries()
    assert (entry["action"], entry["resource_id"], entry["user_id"]) == (
        "update",
        str(complete.pk),
        str(ours.client.pk),
    )
    assert entry["changes"] == {"name": [EVERYTHING["name"], "Sally"], "status": ["active", "paused"]}
    assert heard(callbacks) == [("agent.updated", agent, {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"})]


@pytest.mark.parametrize("send", [put, patch])
@pytest.mark.parametrize(("field", "value"), BAD_FIELDS, ids=lambda value: repr(value)[:40])
def test_a_bad_field_is_400_and_named(client, in_scope, ours, send, field, value):
    agent = AIAgentFactory(owner=ours.client, working_hours_start=time(9), working_hours_end=time(18))
    before = row(agent)
    answer = send(client, agent.pk, {"name": "Other", field: value})
    assert answer.status_code == 400
    assert set(answer.json()["details"]) == {field}
    assert row(agent) == before
    assert entries() == []


def test_objects_do_not_grow_beyond_their_bounds_piece_by_piece(client, sarah):
    patch(client, sarah.pk, {"business_info": {"one": "x" * 15_000}})
    answer = patch(client, sarah.pk, {"business_info": {"two": "x" * 15_000}})
    assert answer.status_code == 400
    assert answer.json()["details"] == {"business_info": ["Must not be over 20,000 bytes."]}
    assert set(row(sarah)["business_info"]) == {"one"}


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ({"working_hours_start": "20:00"}, False),
        ({"working_hours_end": "07:30"}, False),
        ({"working_hours_start": "20:00", "working_hours_end": "20:15"}, True),
        ({"working_hours_start": "23:45", "working_hours_end": "00:00"}, True),
        ({"working_hours_end": "00:00"}, True),
        ({"working_hours_start": "00:00:00", "working_hours_end": "00:00:00"}, True),
    ],
    ids=str,
)
def test_hours_end_after_they_begin_also_when_only_one_of_both_is_given(client, complete, body, accepted):
    before = row(complete)
    answer = patch(client, complete.pk, body)
    assert (answer.status_code == 200) is accepted
    if not accepted:
        assert answer.json()["details"] == {
            "working_hours_end": ["Must be after the start; 00:00 is the end of the day."]
        }
        assert row(complete) == before


@pytest.mark.parametrize(("start", "end"), [("20:00", "20:14"), ("23:46", "00:00")])
def test_hours_have_room_for_a_callback(client, complete, start, end):
    before = row(complete)
    hours = {"working_hours_start": start, "working_hours_end": end}
    for answer in (patch(client, complete.pk, hours), put(client, complete.pk, {"name": "Sarah", **hours})):
        assert answer.status_code == 400
        assert answer.json()["details"] == {
            "working_hours_end": ["Must be at least 15 minutes after the start: a callback takes as long."]
        }
    assert row(complete) == before


def test_other_hours_move_no_callback(client, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    before = Callback.objects.filter(pk=callback.pk).values().get()
    body = {"working_hours_start": "01:00", "working_hours_end": "02:00", "max_daily_calls": 1}
    assert patch(client, sarah.pk, {**body, "timezone": "Asia/Tokyo"}).status_code == 200
    assert Callback.objects.filter(pk=callback.pk).values().get() == before


def test_an_admin_says_whose_it_is_and_who_looks_after_it(admin, ours, neighbour, sarah):
    agent = patch(admin, sarah.pk, {"owner_id": str(neighbour.pk), "assigned_to_id": None}).json()["agent"]
    assert (agent["owner_id"], agent["assigned_to_id"]) == (str(neighbour.pk), None)
    agent = put(admin, sarah.pk, {"name": "Sarah", "owner_id": None, "assigned_to_id": str(ours.agent.pk)}).json()
    assert (agent["agent"]["owner_id"], agent["agent"]["assigned_to_id"]) == (None, str(ours.agent.pk))


def test_whose_it_is_stays_within_the_roles(admin, ours, theirs, sarah):
    before = row(sarah)
    for field, user_id in [("owner_id", ours.agent.pk), ("assigned_to_id", ours.client.pk), ("owner_id", uuid4())]:
        answer = patch(admin, sarah.pk, {field: str(user_id)})
        assert (answer.status_code, list(answer.json()["details"])) == (400, [field])
    assert row(sarah) == before


def test_nobody_gets_a_second_agent(admin, neighbour, sarah):
    taken = AIAgentFactory(owner=neighbour)
    answer = patch(admin, sarah.pk, {"owner_id": str(neighbour.pk)})
    assert (answer.status_code, answer.json()["code"]) == (409, "AGENT_EXISTS")
    assert AIAgent.objects.get(owner=neighbour) == taken


@pytest.mark.parametrize("field", ["owner_id", "assigned_to_id"])
@pytest.mark.parametrize("send", [put, patch])
def test_nobody_else_says_it(client, caretaker, neighbour, sarah, field, send):
    before = row(sarah)
    for caller in (client, caretaker):
        for user_id in (str(neighbour.pk), None):
            answer = send(caller, sarah.pk, {"name": "Sarah", field: user_id})
            assert answer.status_code == 403
            assert answer.json()["code"] == "FORBIDDEN"
            assert answer.json()["details"] == {field: ["Only an admin may set this."]}
    assert row(sarah) == before


@pytest.mark.parametrize("send", [put, patch])
def test_for_those_who_do_not_see_it_there_is_none(outsider, stranger, sarah, send):
    before = row(sarah)
    for caller in (outsider, stranger):
        answer = send(caller, sarah.pk, {"name": "Mine"})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    assert row(sarah) == before
    with tenancy.scope(sarah.organization_id):
        assert entries() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_change_objects_at_once_both_have_their_say(client, caretaker, sarah):
    at_once = threading.Barrier(2)

    def change(caller, name) -> None:
        at_once.wait()
        for number in range(10):
            assert patch(caller, sarah.pk, {"business_info": {f"{name}{number}": number}}).status_code == 200
        connection.close()

    threads = [threading.Thread(target=change, args=args) for args in ((client, "a"), (caretaker, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(row(sarah)["business_info"]) == 20
    assert len(entries()) == 20


def test_they_take_so_many_queries(client, sarah, counted):
    CustomerFactory(agent=sarah)
    patch(client, sarah.pk, {})
    with counted("PATCH agents/{id}"):
        assert patch(client, sarah.pk, {"name": "Sally"}).status_code == 200
    with counted("PUT agents/{id}"):
        assert put(client, sarah.pk, {"name": "Sarah"}).status_code == 200
