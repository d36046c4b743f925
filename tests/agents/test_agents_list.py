"""GET /api/agents/ai/ and GET /api/agents/ai/{id}/."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import now

from agents.services.facts import agent_shown
from core import tenancy
from tests.agents.conftest import AGENTS
from tests.agents.factories import AIAgentFactory

pytestmark = pytest.mark.django_db


def listed(caller, **parameters):
    answer = caller.get(AGENTS, parameters)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def names(caller, **parameters):
    return [agent["name"] for agent in listed(caller, **parameters)["items"]]


@pytest.fixture
def five(in_scope, ours):
    """An agent of each status, made one day after the other, the first at the beginning of 2026."""
    said = [
        {"name": "Ada", "status": "training", "training_level": 10, "personality_type": "custom"},
        {"name": "ben", "status": "learning", "training_level": 20, "total_calls": 5},
        {"name": "Cleo 100%", "status": "active", "training_level": 90, "conversions": 3, "owner": ours.client},
        {"name": "Dan_ny", "status": "optimizing", "training_level": 50, "assigned_to": ours.agent},
        {"name": "Élan", "status": "paused", "training_level": 100},
    ]
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return [AIAgentFactory(**one, created_at=first + timedelta(days=day)) for day, one in enumerate(said)]


def test_all_are_listed_the_newest_first_with_how_many_there_are_in_each_status(admin, five):
    found = listed(admin)
    assert found["items"] == [agent_shown(agent) for agent in reversed(five)]
    assert found["total_count"] == 5
    assert found["summary"] == {
        "active": 1,
        "inactive": 4,
        "training": 1,
        "learning": 1,
        "optimizing": 1,
        "paused": 1,
    }


def test_everybody_sees_his_own_and_counts_no_others(client, caretaker, outsider, stranger, five, their_agent):
    assert names(client) == ["Cleo 100%"]
    assert names(caretaker) == ["Dan_ny"]
    assert listed(client)["summary"]["active"] == listed(client)["total_count"] == 1
    assert names(stranger) == ["Olga's"]
    nothing = listed(outsider)
    assert (nothing["items"], nothing["total_count"], set(nothing["summary"].values())) == ([], 0, {0})


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"status": "active"}, ["Cleo 100%"]),
        ({"personality_type": "custom"}, ["Ada"]),
        ({"training_level_gt": 50}, ["Cleo 100%", "Élan"]),
        ({"training_level_lt": 20}, ["Ada"]),
        ({"training_level_gt": 10, "training_level_lt": 90}, ["ben", "Dan_ny"]),
        ({"search": "B"}, ["ben"]),
        ({"search": "éL"}, ["Élan"]),
        ({"search": "elan"}, ["Élan"]),
        ({"search": "%"}, ["Cleo 100%"]),
        ({"search": "_"}, ["Dan_ny"]),
        ({"search": "\\"}, []),
        ({"search": ""}, ["Ada", "ben", "Cleo 100%", "Dan_ny", "Élan"]),
        ({"search": "n", "status": "paused"}, ["Élan"]),
    ],
    ids=str,
)
def test_filters_hold_together_and_the_summary_counts_what_they_match(admin, five, parameters, found):
    answer = listed(admin, ordering="created_at", **parameters)
    assert [agent["name"] for agent in answer["items"]] == found
    assert answer["total_count"] == len(found)
    assert answer["summary"]["active"] + answer["summary"]["inactive"] == len(found)


def test_inactive_is_who_was_neither_made_nor_on_a_call_for_so_many_days(admin, in_scope, time_machine):
    time_machine.move_to(now(), tick=False)
    old, ago = now() - timedelta(days=100), now() - timedelta(days=30)
    AIAgentFactory(name="new", created_at=ago + timedelta(seconds=1))
    AIAgentFactory(name="calls", created_at=old, last_call_at=ago + timedelta(seconds=1))
    AIAgentFactory(name="rests", created_at=old, last_call_at=ago)
    AIAgentFactory(name="never called", created_at=ago)
    assert sorted(names(admin, inactive_days=30)) == ["never called", "rests"]
    assert len(names(admin, inactive_days=0)) == 4


@pytest.mark.parametrize(
    ("ordering", "found"),
    [
        ("created_at", ["Ada", "ben", "Cleo 100%", "Dan_ny", "Élan"]),
        ("-created_at", ["Élan", "Dan_ny", "Cleo 100%", "ben", "Ada"]),
        ("training_level", ["Ada", "ben", "Dan_ny", "Cleo 100%", "Élan"]),
        ("-training_level", ["Élan", "Cleo 100%", "Dan_ny", "ben", "Ada"]),
        ("status", ["Cleo 100%", "ben", "Dan_ny", "Élan", "Ada"]),
    ],
)
def test_lists_have_an_order(admin, five, ordering, found):
    assert names(admin, ordering=ordering) == found


@pytest.mark.parametrize(
    ("ordering", "first"), [("-total_calls", "ben"), ("-conversions", "Cleo 100%"), ("-status", "Ada")]
)
def test_and_what_is_greatest_can_come_first(admin, five, ordering, first):
    assert names(admin, ordering=ordering)[0] == first


@pytest.mark.parametrize("ordering", ["last_call_at", "-last_call_at"])
def test_who_never_called_comes_last(admin, in_scope, ordering):
    AIAgentFactory(name="never")
    AIAgentFactory(name="called", last_call_at=now())
    assert names(admin, ordering=ordering) == ["called", "never"]


def test_equals_are_in_the_order_of_their_ids_so_that_pages_do_not_overlap(admin, in_scope):
    made = AIAgentFactory.create_batch(7, training_level=50)
    pages = [listed(admin, ordering="training_level", limit=3, offset=offset) for offset in (0, 3, 6)]
    found = [agent["id"] for page in pages for agent in page["items"]]
    assert found == sorted(str(agent.pk) for agent in made)
    assert [page["total_count"] for page in pages] == [7, 7, 7]


def test_past_the_end_there_is_nothing_and_the_count_is_still_right(admin, five):
    answer = listed(admin, offset=10)
    assert (answer["items"], answer["total_count"], answer["summary"]["active"]) == ([], 5, 1)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"status": "inactive"}, "status"),
        ({"ordering": "password"}, "ordering"),
        ({"limit": 1001}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": -1}, "offset"),
        ({"training_level_gt": "high"}, "training_level_gt"),
        ({"inactive_days": 10**12}, "inactive_days"),
        ({"inactive_days": -1}, "inactive_days"),
        ({"search": "a\x00b"}, "search"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=str,
)
def test_a_bad_parameter_is_400_and_named(admin, five, parameters, field):
    answer = admin.get(AGENTS, parameters)
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"
    assert list(answer.json()["details"]) == [field]


def test_a_list_takes_so_many_queries_however_long_it_is(admin, in_scope, counted):
    AIAgentFactory.create_batch(20)
    listed(admin)
    with counted("GET agents"):
        assert len(listed(admin)["items"]) == 20


def test_one_is_shown_to_those_who_see_it(admin, client, caretaker, sarah, counted):
    for caller in (admin, client, caretaker):
        answer = caller.get(f"{AGENTS}{sarah.pk}/")
        assert answer.status_code == 200
        body = answer.json()
        assert body["agent"] == body["data"] == agent_shown(sarah)
        assert body["message"] == "AI agent retrieved successfully"
    with counted("GET agents/{id}"):
        assert admin.get(f"{AGENTS}{sarah.pk}").json()["agent"] == agent_shown(sarah)


def test_for_all_others_there_is_none(outsider, stranger, admin, sarah, their_agent, ours, logged_in):
    with tenancy.scope(ours.organization.pk):
        free = AIAgentFactory()
    asked = [(outsider, sarah.pk), (stranger, sarah.pk), (admin, their_agent.pk), (admin, uuid4())]
    asked += [(logged_in(ours.client), free.pk), (logged_in(ours.agent), free.pk)]
    for caller, agent_id in asked:
        for path in (f"{AGENTS}{agent_id}/", f"{AGENTS}{agent_id}/calendar/", f"{AGENTS}{agent_id}/calendar.ics"):
            answer = caller.get(path)
            assert answer.status_code == 404
            assert answer.json() == {"error": "AI agent not found.", "code": "NOT_FOUND", "details": {}}
