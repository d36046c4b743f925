"""GET /api/agents/ai/stats/: what is counted."""

from datetime import date, timedelta

import pytest

from core import tenancy
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.agents.numbers import NOW, STATS, at, stats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_2031(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def old(in_scope, sarah):
    """Sarah, who was there last year, has a goal, and has reached four conversions so far."""
    sarah.created_at = at(1, month=6, year=2030)
    sarah.sales_goals = {"target_conversions": 10}
    sarah.conversions = 4
    sarah.save()
    return sarah


@pytest.fixture
def people(old):
    """Five customers of Sarah: of last year, of December, and three of January."""
    said = [
        {"created_at": at(1, month=6, year=2030), "interest_level": "cold", "do_not_call": True},
        {
            "created_at": at(5, month=12, year=2030),
            "interest_level": "converted",
            "converted_at": at(20, month=12, year=2030),
        },
        {"created_at": at(2), "interest_level": "converted", "converted_at": at(14)},
        {"created_at": at(10), "interest_level": "hot"},
        {"created_at": NOW, "interest_level": "warm"},
    ]
    return [CustomerFactory(agent=old, **one) for one in said]


@pytest.fixture
def talks(people):
    """One call in December, and six in January, to three customers."""
    _, december, converted, hot, _ = people
    said = [
        {
            "customer": december,
            "started_at": at(20, month=12, year=2030),
            "outcome": "converted",
            "duration_seconds": 60,
        },
        {"customer": converted, "started_at": at(14, 9, 59), "outcome": "converted", "duration_seconds": 100},
        {"customer": converted, "started_at": at(13, 9), "outcome": "interested", "duration_seconds": 51},
        {"customer": hot, "started_at": at(13, 15), "status": "no_answer", "duration_seconds": 7},
        {"customer": hot, "started_at": at(15, 9), "status": "busy"},
        {"customer": hot, "started_at": at(15, 11), "direction": "inbound", "outcome": "callback_requested"},
        {"customer": december, "started_at": at(15, 11, 59), "status": "in_progress"},
    ]
    return [CallFactory(**one) for one in said]


@pytest.fixture
def appointments(people):
    """Callbacks of every status in January, and one in February."""
    said = [
        {"scheduled_datetime": at(2), "status": "completed"},
        {"scheduled_datetime": at(3), "status": "completed"},
        {"scheduled_datetime": at(4), "status": "cancelled"},
        {"scheduled_datetime": at(5), "status": "scheduled"},
        {"scheduled_datetime": at(15, 11, 30), "status": "in_progress"},
        {"scheduled_datetime": NOW, "status": "rescheduled", "customer": people[1]},
        {"scheduled_datetime": at(31), "status": "rescheduled"},
        {"scheduled_datetime": at(1, month=2), "status": "scheduled"},
    ]
    return [CallbackFactory(**{"customer": people[0], **one}) for one in said]


def test_a_month_is_told_in_four_groups_also_below_data(admin, old):
    body = stats(admin, time_period="month")
    groups = ["agents_overview", "call_statistics", "customer_statistics", "performance_metrics"]
    assert list(body) == ["message", "time_period", "period", *groups, "previous", "data", "timestamp"]
    assert body["message"] == "Statistics retrieved successfully"
    assert body["data"] == {name: body[name] for name in ["time_period", "period", *groups, "previous"]}
    assert (body["time_period"], body["timestamp"]) == ("month", "2031-01-15T12:00:00Z")
    assert body["period"] == {"from": "2031-01-01T00:00:00Z", "to": "2031-02-01T00:00:00Z", "tz": "UTC"}
    assert list(body["previous"]) == ["period", *groups]
    assert body["previous"]["period"] == {"from": "2030-12-01T00:00:00Z", "to": "2031-01-01T00:00:00Z", "tz": "UTC"}
    assert stats(admin) == body


def test_agents_are_those_that_there_were_by_the_end_of_the_period(admin, old):
    AIAgentFactory(status="learning", training_level=19, created_at=at(14))
    AIAgentFactory(status="paused", training_level=100, created_at=at(14))
    found = stats(admin)
    assert found["agents_overview"] == {
        "total": 3,
        "by_status": {"training": 0, "learning": 1, "active": 1, "optimizing": 0, "paused": 1},
        "ready_for_calls": 1,
        "average_training_level": 59.7,
    }
    assert found["previous"]["agents_overview"]["total"] == 1


def test_calls_are_those_that_began_in_the_period(admin, talks):
    found = stats(admin)
    calls = found["call_statistics"]
    per_day = calls.pop("per_day")
    assert calls == {
        "total": 6,
        "by_status": {"in_progress": 1, "completed": 3, "no_answer": 1, "busy": 1, "failed": 0},
        "by_outcome": {
            "interested": 1,
            "not_interested": 0,
            "callback_requested": 1,
            "converted": 1,
            "do_not_call": 0,
            "other": 0,
        },
        "by_direction": {"outbound": 5, "inbound": 1},
        "total_duration_seconds": 158,
        "average_duration_seconds": 50.3,
        "unique_customers": 3,
        "busiest_hour": {"hour": 9, "calls": 3},
    }
    assert [day["date"] for day in per_day] == [str(date(2031, 1, number)) for number in range(1, 16)]
    called = {day["date"][-2:]: (day["total"], day["completed"]) for day in per_day if day["total"]}
    assert called == {"13": (2, 1), "14": (1, 1), "15": (3, 1)}
    before = found["previous"]["call_statistics"]
    assert (before["total"], before["unique_customers"], before["average_duration_seconds"]) == (1, 1, 60.0)
    assert len(before["per_day"]) == 31
    assert before["per_day"][19] == {"date": "2030-12-20", "total": 1, "completed": 1}


def test_customers_are_those_that_there_were_and_new_and_converted_are_of_the_period(admin, people):
    found = stats(admin)
    assert found["customer_statistics"] == {
        "total": 5,
        "new": 3,
        "by_interest_level": {"cold": 1, "warm": 1, "hot": 1, "converted": 2},
        "converted": 1,
        "do_not_call": 1,
    }
    assert found["previous"]["customer_statistics"] == {
        "total": 2,
        "new": 1,
        "by_interest_level": {"cold": 1, "warm": 0, "hot": 0, "converted": 1},
        "converted": 1,
        "do_not_call": 1,
    }


def test_performance_is_what_came_of_it(admin, talks, appointments, old):
    metrics = stats(admin)["performance_metrics"]
    goal = {"target_conversions": 10, "conversions": 4, "progress": 0.4}
    assert metrics == {
        "answer_rate": 0.6,  # 3 of 5 that have ended
        "conversion_rate": 0.3333,  # 1 of 3 who were called
        "callbacks_scheduled": 3,
        "callbacks_in_progress": 1,
        "callbacks_completed": 2,
        "callbacks_cancelled": 1,
        "callbacks_overdue": 1,
        "callback_completion_rate": 0.5,  # 2 of 2 + 1 + 1
        "calls_per_agent_and_day": 0.4,  # 6 in 15 days
        "goals": goal,
        "top_agents": [
            {
                "agent_id": str(old.pk),
                "name": "Sarah",
                "calls": 6,
                "completed": 3,
                "conversions": 1,
                "answer_rate": 0.6,
                "goal": goal,
            }
        ],
    }


def test_of_nothing_there_are_no_rates(outsider, talks):
    found = stats(outsider)
    for groups in (found, found["previous"]):
        metrics = groups["performance_metrics"]
        assert {name for name, value in metrics.items() if value is None} == {
            *("answer_rate", "conversion_rate", "callback_completion_rate", "calls_per_agent_and_day", "goals")
        }
        assert {value for name, value in metrics.items() if name.startswith("callbacks_")} == {0}
        assert metrics["top_agents"] == []
        assert groups["agents_overview"]["average_training_level"] is None
        assert groups["call_statistics"]["average_duration_seconds"] is None
        assert groups["call_statistics"]["busiest_hour"] is None
        assert set(groups["customer_statistics"]["by_interest_level"].values()) == {0}
        assert {day["total"] for day in groups["call_statistics"]["per_day"]} == {0}


def test_all_of_time_has_no_edges_no_days_and_nothing_before(admin, talks, appointments):
    found = stats(admin, time_period="all")
    assert found["period"] == {"from": None, "to": None, "tz": "UTC"}
    assert found["previous"] is None
    assert found["call_statistics"]["total"] == 7
    assert found["call_statistics"]["per_day"] == []
    assert found["call_statistics"]["busiest_hour"] == {"hour": 9, "calls": 3}
    assert (found["customer_statistics"]["new"], found["customer_statistics"]["converted"]) == (5, 2)
    assert found["performance_metrics"]["callbacks_scheduled"] == 4
    # Seven calls in the 27 days since the first of them.
    assert found["performance_metrics"]["calls_per_agent_and_day"] == 0.2593


def test_the_week_begins_on_monday_and_today_at_midnight(admin, talks):
    week = stats(admin, time_period="week")
    assert week["period"] == {"from": "2031-01-13T00:00:00Z", "to": "2031-01-20T00:00:00Z", "tz": "UTC"}
    assert week["previous"]["period"]["from"] == "2031-01-06T00:00:00Z"
    assert [day["total"] for day in week["call_statistics"]["per_day"]] == [2, 1, 3]
    assert [day["total"] for day in week["previous"]["call_statistics"]["per_day"]] == [0] * 7
    today = stats(admin, time_period="today")
    assert today["period"] == {"from": "2031-01-15T00:00:00Z", "to": "2031-01-16T00:00:00Z", "tz": "UTC"}
    assert today["call_statistics"]["per_day"] == [{"date": "2031-01-15", "total": 3, "completed": 1}]
    assert today["previous"]["call_statistics"]["total"] == 1


def test_one_agent_is_asked_for_by_its_id(admin, client, old, talks):
    other = AIAgentFactory(name="Other", created_at=at(1))
    CallFactory(customer=CustomerFactory(agent=other, created_at=at(1)), started_at=at(14))
    assert stats(admin)["call_statistics"]["total"] == 7
    assert stats(admin, agent_id=str(other.pk))["call_statistics"]["total"] == 1
    assert stats(admin, agent_id=str(old.pk))["call_statistics"]["total"] == 6
    assert (
        stats(client)["agents_overview"]["total"] == stats(admin, agent_id=str(old.pk))["agents_overview"]["total"] == 1
    )


def test_everybody_is_told_of_what_he_sees(client, caretaker, outsider, stranger, old, talks, their_agent):
    totals = {
        name: stats(caller)["call_statistics"]["total"]
        for name, caller in {
            "client": client,
            "caretaker": caretaker,
            "outsider": outsider,
            "stranger": stranger,
        }.items()
    }
    assert totals == {"client": 6, "caretaker": 6, "outsider": 0, "stranger": 0}
    assert stats(stranger)["agents_overview"]["total"] in {0, 1}
    for caller in (outsider, stranger):
        answer = caller.get(STATS, {"agent_id": str(old.pk)})
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_it_takes_so_many_queries_however_much_there_is(admin, client, old, talks, appointments, counted):
    for caller in (admin, client):
        stats(caller)
    for period in ("today", "week", "month", "all"):
        with counted("GET stats"):
            stats(admin, time_period=period)
    with counted("GET stats, a client"):
        stats(client)
    with counted("GET stats, agent_id"):
        stats(client, agent_id=str(old.pk))


def test_the_organization_next_door_is_not_counted(admin, theirs, old, talks):
    with tenancy.scope(theirs.organization.pk):
        CallFactory(started_at=at(14))
        CallbackFactory(scheduled_datetime=at(14) + timedelta(days=1))
    found = stats(admin)
    assert found["call_statistics"]["total"] == 6
    assert found["customer_statistics"]["total"] == 5
    assert found["performance_metrics"]["callbacks_scheduled"] == 0
