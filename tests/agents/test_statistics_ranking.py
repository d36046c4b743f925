"""GET /api/agents/ai/stats/: goals, the best ten, and what cannot be asked."""

from uuid import uuid4

import pytest

from tests.agents.factories import AIAgentFactory, CallFactory, CustomerFactory
from tests.agents.numbers import NOW, STATS, at, stats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_2031(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


def test_a_goal_is_a_number_above_nothing(admin, in_scope):
    for target in ("100", -5, 0, None, [], {}, True):
        AIAgentFactory(sales_goals={"target_conversions": target}, conversions=7)
    assert stats(admin)["performance_metrics"]["goals"] is None
    AIAgentFactory(sales_goals={"target_conversions": 2.5}, conversions=5, created_at=at(1))
    assert stats(admin)["performance_metrics"]["goals"] == {
        "target_conversions": 2.5,
        "conversions": 5,
        "progress": 2.0,
    }


def test_the_ten_best_are_ranked_by_conversions_completed_calls_and_calls(admin, in_scope):
    made = [AIAgentFactory(name=f"{number:02}", created_at=at(1)) for number in range(12)]
    customers = [CustomerFactory(agent=agent, created_at=at(1)) for agent in made]
    for number, customer in enumerate(customers):
        CallFactory.create_batch(number, customer=customer, started_at=at(3))
    CallFactory.create_batch(20, customer=customers[3], started_at=at(3), status="busy")
    CallFactory(customer=customers[2], started_at=at(3), status="no_answer")
    type(customers[0]).objects.filter(pk=customers[0].pk).update(interest_level="converted", converted_at=at(4))
    ranked = stats(admin)["performance_metrics"]["top_agents"]
    assert [one["name"] for one in ranked] == ["00", "11", "10", "09", "08", "07", "06", "05", "04", "03"]
    assert ranked[0] | {"agent_id": None} == {
        "agent_id": None,
        "name": "00",
        "calls": 0,
        "completed": 0,
        "conversions": 1,
        "answer_rate": None,
        "goal": None,
    }
    assert (ranked[-1]["calls"], ranked[-1]["completed"], ranked[-1]["answer_rate"]) == (23, 3, 0.1304)


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"time_period": "year"}, "time_period"),
        ({"agent_id": "mine"}, "agent_id"),
        ({"tz": "Paris"}, "tz"),
        ({"tz": "UTC'; DROP TABLE x; --"}, "tz"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=str,
)
def test_a_bad_parameter_is_400_and_named(admin, sarah, parameters, field):
    answer = admin.get(STATS, parameters)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert list(answer.json()["details"]) == [field]


def test_an_agent_that_there_is_not_is_404(admin, sarah, their_agent):
    for agent_id in (uuid4(), their_agent.pk):
        assert admin.get(STATS, {"agent_id": str(agent_id)}).status_code == 404
