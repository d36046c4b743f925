"""Callbacks whose time has come begin, of agents that are ready and at work, as many as a day's calls allow."""

from datetime import time, timedelta

import pytest
import time_machine

from agents.models import Callback
from agents.selectors.due import organizations_with_due
from agents.services import due
from agents.services.callbacks import update_callback
from agents.services.calling import record_call
from agents.services.due import starting
from agents.services.due.overdue import mark_overdue
from core.actor import Actor
from tests.agents.due_rows import NOW, in_minutes
from tests.agents.factories import AIAgentFactory, CallbackFactory, CallFactory, CustomerFactory
from tests.agents.hearing import heard
from tests.stored import audited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


def waiting(agent, *minutes_ago, **fields):
    """Callbacks of an agent whose time came so many minutes ago."""
    return [in_minutes(agent, -each, **fields) for each in minutes_ago]


def started():
    """The callbacks that are in progress, in the order of their times."""
    return list(Callback.objects.filter(status="in_progress").order_by("scheduled_datetime"))


def test_one_begins_when_its_time_comes_and_is_recorded_and_announced(sarah, ours, django_capture_on_commit_callbacks):
    [callback] = waiting(sarah, 0, status="rescheduled", priority_level=4)
    waiting(sarah, -15, -31, -60)
    for status in ("completed", "cancelled", "in_progress"):
        waiting(sarah, 60 if status == "in_progress" else 0, status=status)
    untouched = set(Callback.objects.exclude(pk=callback.pk).values_list("pk", "status", "started_at", "updated_at"))

    with django_capture_on_commit_callbacks() as callbacks:
        due.look()

    callback.refresh_from_db()
    assert (callback.status, callback.started_at, callback.updated_at) == ("in_progress", NOW, NOW)
    assert callback.overdue_at is callback.reminded_at is None
    assert set(Callback.objects.exclude(pk=callback.pk).values_list("pk", "status", "started_at", "updated_at")) == (
        untouched
    )
    [entry] = audited()
    assert (entry["action"], entry["resource_type"], entry["resource_id"]) == (
        "execute",
        "callback",
        str(callback.pk),
    )
    assert entry["changes"] == {"status": ["rescheduled", "in_progress"], "started_at": [None, "2026-03-02T10:00:00Z"]}
    assert entry["user_id"] is entry["key_id"] is None
    [event] = [event for event in heard(callbacks) if event.name == "callback.started"]
    assert event.audience == {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"}
    assert (event.data["id"], event.data["status"], event.data["customer_phone"]) == (
        str(callback.pk),
        "in_progress",
        callback.customer.phone_number,
    )


@pytest.mark.parametrize(
    ("fields", "begins"),
    [
        ({"status": "active", "training_level": 20}, True),
        ({"status": "learning"}, True),
        ({"status": "active", "training_level": 19}, False),
        ({"status": "training"}, False),
        ({"status": "optimizing"}, False),
        ({"status": "paused"}, False),
    ],
    ids=str,
)
def test_only_an_agent_that_is_ready_begins(in_scope, fields, begins):
    waiting(AIAgentFactory(**fields), 0)
    due.look()
    assert bool(started()) is begins
    assert bool(audited()) is begins


@pytest.mark.parametrize(
    ("zone", "start", "end", "begins"),
    [
        ("UTC", time(9), time(18), True),
        ("UTC", time(10), time(18), True),
        ("UTC", time(9), time(10), False),
        ("UTC", time(9), time(10, 1), True),
        ("UTC", time(9), time(0), True),
        ("America/New_York", time(9), time(18), False),
        ("America/New_York", time(5), time(6), True),
        ("Asia/Tokyo", time(9), time(18), False),
        ("Asia/Tokyo", time(9), time(0), True),
    ],
)
def test_an_agent_begins_within_its_working_hours(in_scope, zone, start, end, begins):
    """At 10:00 UTC it is 5:00 in New York and 19:00 in Tokyo."""
    waiting(AIAgentFactory(timezone=zone, working_hours_start=start, working_hours_end=end), 0)
    due.look()
    assert bool(started()) is begins


def test_what_could_not_begin_in_time_begins_when_the_agent_is_back_at_work(in_scope):
    [callback] = waiting(AIAgentFactory(working_hours_start=time(9), working_hours_end=time(10)), 5)
    due.look()
    assert started() == []
    with time_machine.travel(NOW + timedelta(hours=23), tick=False):
        due.look()
    assert started() == [callback]


def test_the_most_urgent_come_first_and_then_those_that_have_waited_longest(in_scope):
    agent = AIAgentFactory(max_daily_calls=4)
    low, high, late_high, early_middle, late_middle = [
        waiting(agent, ago, priority_level=priority)[0]
        for ago, priority in ((600, 1), (30, 5), (15, 5), (500, 3), (400, 3))
    ]
    due.look()
    assert started() == [early_middle, late_middle, high, late_high]
    low.refresh_from_db()
    assert low.status == "scheduled"


def test_calls_of_the_day_and_callbacks_that_have_none_yet_count(in_scope):
    agent = AIAgentFactory(max_daily_calls=5)
    customer = CustomerFactory(agent=agent)
    CallFactory(customer=customer, started_at=NOW - timedelta(hours=9))
    CallFactory(customer=customer, started_at=NOW - timedelta(hours=10, seconds=1))  # yesterday
    CallFactory(customer=customer, started_at=NOW - timedelta(hours=1), direction="inbound")  # it made none
    CallFactory(started_at=NOW)  # another agent's
    begun = {"started_at": NOW - timedelta(hours=2)}
    [called] = waiting(agent, 120, status="completed", **begun)
    CallFactory(customer=called.customer, callback=called, started_at=NOW - timedelta(hours=2))
    waiting(agent, 150, status="in_progress", **begun)  # whose call is yet to come
    waiting(agent, 200, status="cancelled", **begun)  # whose never will
    [again] = waiting(agent, 250, status="in_progress", started_at=NOW - timedelta(hours=3))
    CallFactory(customer=again.customer, callback=again, started_at=NOW - timedelta(days=2))  # of another time
    waiting(agent, 15, 30, 45)
    due.look()
    assert Callback.objects.filter(started_at=NOW).count() == 1  # 5, less 2 calls, less 2 to come


@pytest.mark.parametrize(("zone", "fits"), [("UTC", 0), ("Pacific/Auckland", 0), ("America/Los_Angeles", 1)])
def test_the_day_is_the_agents_own(in_scope, zone, fits):
    """It is 10:00 in UTC, 23:00 in Auckland, and 2:00 in Los Angeles, where nobody was called today."""
    agent = AIAgentFactory(timezone=zone, max_daily_calls=1)
    CallFactory(customer=CustomerFactory(agent=agent), started_at=NOW - timedelta(hours=3))
    waiting(agent, 0)
    due.look()
    assert len(started()) == fits


def test_a_new_day_brings_new_calls(in_scope):
    agent = AIAgentFactory(max_daily_calls=2)
    rows = waiting(agent, 15, 30, 45, 60, 75)
    for day, number in enumerate((2, 4, 5)):
        with time_machine.travel(NOW + timedelta(days=day), tick=False):
            due.look()
            due.look()
        assert len(started()) == number
    assert {row.started_at for row in started()} == {NOW + timedelta(days=day) for day in range(3)}
    assert len(rows) == len(audited()) == 5


def test_who_did_not_answer_is_not_called_again_by_itself_and_takes_no_calls_from_others(in_scope):
    agent = AIAgentFactory(max_daily_calls=2)
    [urgent] = waiting(agent, 20, priority_level=5)
    by = Actor(kind="system", organization_id=in_scope.pk)
    starting.start_due(NOW)
    assert started() == [urgent]
    record_call(by=by, customer_id=urgent.customer_id, callback_id=urgent.pk, status="no_answer")
    urgent.refresh_from_db()
    assert urgent.status == "scheduled"
    assert organizations_with_due(now=NOW) == [in_scope.pk]  # it is overdue
    assert mark_overdue(NOW) == 1
    assert organizations_with_due(now=NOW) == []
    starting.start_due(NOW)
    assert started() == []
    [other] = waiting(agent, 0)
    starting.start_due(NOW)
    assert started() == [other]


def test_who_did_not_answer_is_called_again_at_another_time(in_scope):
    agent = AIAgentFactory()
    [callback] = waiting(agent, 0)
    by = Actor(kind="system", organization_id=in_scope.pk)
    record_call(by=by, customer_id=callback.customer_id, callback_id=callback.pk, status="busy")
    starting.start_due(NOW)
    assert started() == []
    later = NOW + timedelta(hours=2)
    update_callback(callback_id=callback.pk, by=by, scheduled_datetime=later)
    starting.start_due(later)
    assert started() == [callback]


def test_whoever_asked_not_to_be_called_is_not(in_scope):
    agent = AIAgentFactory()
    CallbackFactory(customer=CustomerFactory(agent=agent, do_not_call=True), scheduled_datetime=NOW)
    [other] = waiting(agent, 15)
    due.look()
    assert started() == [other]


def test_many_begin_in_portions_and_no_agent_waits_for_ever(in_scope, monkeypatch):
    monkeypatch.setattr(starting, "MOST_AT_ONCE", 3)
    busy, other = AIAgentFactory(), AIAgentFactory()
    waiting(busy, *range(120, 180, 15))
    waiting(other, 15, 30)
    numbers = []
    for _ in range(4):
        due.look()
        numbers.append((busy.callbacks.filter(status="in_progress").count(), len(started())))
        assert not Callback.objects.exclude(overdue_at=None).exists()
    assert numbers == [(3, 3), (4, 6), (4, 6), (4, 6)]


@pytest.mark.parametrize(("most", "at_once"), [(1, 1), (4, 4), (5, 5), (6, 5)])
def test_what_a_look_had_no_room_for_is_called_overdue_by_none_and_what_cannot_begin_is(
    in_scope, monkeypatch, most, at_once
):
    monkeypatch.setattr(starting, "MOST_AT_ONCE", most)
    waiting(AIAgentFactory(), 15, 30, 45)
    limited, paused = AIAgentFactory(max_daily_calls=2), AIAgentFactory(status="paused")
    waiting(limited, 20, 35, 50)
    waiting(paused, 20)
    due.look()
    assert len(started()) == at_once
    for _ in range(6):
        due.look()
    assert len(started()) == 5
    overdue = set(Callback.objects.exclude(overdue_at=None))
    assert overdue == set(Callback.objects.filter(status="scheduled"))
    assert {row.agent for row in overdue} == {limited, paused}
    assert {row.status for row in overdue} == {"scheduled"}


def test_whether_some_are_left_that_may_begin_is_told(in_scope, monkeypatch):
    monkeypatch.setattr(starting, "MOST_AT_ONCE", 2)
    agent = AIAgentFactory(max_daily_calls=3)
    waiting(agent, 15, 30, 45, 60)
    waiting(AIAgentFactory(status="paused"), 15)
    assert starting.start_due(NOW) is True
    assert starting.start_due(NOW) is False  # no calls are left for today
    assert len(started()) == 3
