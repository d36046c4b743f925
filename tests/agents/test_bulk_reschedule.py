"""POST /api/agents/ai/callbacks/bulk-actions/: moving callbacks to free slots."""

from datetime import time, timedelta

import pytest
import time_machine

from agents.models import Callback
from agents.services.scheduling import Diary
from tests.agents.bulk import BULK_CALLBACKS, act, booked, counts, everything, outcomes
from tests.agents.callback_fields import MONDAY, entries, iso, on
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import AIAgentFactory, CustomerFactory
from tests.agents.hearing import heard

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def reschedule(admin, at, **body):
    return act(admin, "reschedule", new_datetime=iso(at), **body)


def went(data):
    """Where those that were moved went, by id."""
    return {one["id"]: one["to"] for one in data["results"] if one["result"] == "done"}


def test_they_are_spread_over_free_slots_the_most_urgent_first(admin, sarah):
    usual, urgent, older = (
        booked(sarah, on(7, 15 * number), priority_level=level) for number, level in enumerate([3, 5, 3])
    )
    booked(sarah, on(10, 15))
    data = reschedule(admin, on(10), ids=[usual, urgent, older])
    assert [(one["id"], one["from"], one["to"]) for one in data["results"]] == [
        (str(usual.pk), iso(on(7)), iso(on(10, 30))),
        (str(urgent.pk), iso(on(7, 15)), iso(on(10))),
        (str(older.pk), iso(on(7, 30)), iso(on(10, 45))),
    ]
    assert counts(data) == (3, 3, 0, 0)


def test_they_go_to_whole_minutes_whatever_time_was_given(admin, sarah):
    booked(sarah, on(10, 17) + timedelta(seconds=30))
    callbacks = [booked(sarah, on(7, 15 * number)) for number in range(2)]
    data = act(admin, "reschedule", new_datetime="2030-01-07T10:01:12.5Z", ids=callbacks)
    assert list(went(data).values()) == [iso(on(10, 2)), iso(on(10, 33))]


def test_a_moved_callback_waits_anew(admin, sarah):
    callback = booked(
        sarah, on(7), "in_progress", started_at=on(7), reminded_at=on(6), overdue_at=on(7, 15), reschedule_count=2
    )
    reschedule(admin, on(12), ids=[callback])
    callback.refresh_from_db()
    assert (callback.status, callback.reschedule_count) == ("rescheduled", 3)
    assert (callback.scheduled_datetime, callback.ends_at) == (on(12), on(12, 15))
    assert (callback.reminded_at, callback.overdue_at, callback.started_at) == (None, None, None)
    assert callback.updated_at == MONDAY
    callback.customer.refresh_from_db()
    assert callback.customer.next_followup == on(12)
    assert entries() == [
        (
            "update",
            str(callback.pk),
            {
                "scheduled_datetime": [iso(on(7)), iso(on(12))],
                "ends_at": [iso(on(7, 15)), iso(on(12, 15))],
                "reschedule_count": [2, 3],
                "status": ["in_progress", "rescheduled"],
                "started_at": [iso(on(7)), None],
            },
        )
    ]


def test_each_ai_agent_has_slots_of_its_own(admin, sarah):
    other = AIAgentFactory()
    callbacks = [booked(agent, on(7)) for agent in (sarah, other)]
    assert went(reschedule(admin, on(10), ids=callbacks)) == {str(callback.pk): iso(on(10)) for callback in callbacks}


def test_one_may_go_where_another_was(admin, sarah):
    first, second = booked(sarah, on(10)), booked(sarah, on(10, 15), priority_level=5)
    assert went(reschedule(admin, on(10), ids=[first, second])) == {
        str(second.pk): iso(on(10)),
        str(first.pk): iso(on(10, 15)),
    }
    for callback, at in ((second, on(10)), (first, on(10, 15))):
        callback.refresh_from_db()
        assert callback.scheduled_datetime == at


def test_one_that_is_there_already_stays_as_it_is(admin, sarah):
    there, late = booked(sarah, on(10), priority_level=5), booked(sarah, on(7))
    data = reschedule(admin, on(10), ids=[there, late])
    assert outcomes(data) == [(str(there.pk), "unchanged", None), (str(late.pk), "done", None)]
    there.refresh_from_db()
    assert (there.status, there.reschedule_count) == ("scheduled", 0)
    assert [pk for _, pk, _ in entries()] == [str(late.pk)]


def test_closed_ones_and_those_who_asked_not_to_be_called_fail_and_keep_their_slots(admin, sarah):
    waiting = booked(sarah, on(7))
    done, cancelled = booked(sarah, on(10), "completed"), booked(sarah, on(10), "cancelled")
    silent = booked(sarah, on(10), customer=CustomerFactory(agent=sarah, do_not_call=True), priority_level=5)
    data = reschedule(admin, on(10), ids=[waiting, done, cancelled, silent])
    assert outcomes(data) == [
        (str(waiting.pk), "done", None),
        (str(done.pk), "failed", "CALLBACK_CLOSED"),
        (str(cancelled.pk), "failed", "CALLBACK_CLOSED"),
        (str(silent.pk), "failed", "DO_NOT_CALL"),
    ]
    assert went(data) == {str(waiting.pk): iso(on(10, 15))}
    for callback, status in ((done, "completed"), (cancelled, "cancelled"), (silent, "scheduled")):
        callback.refresh_from_db()
        assert (callback.status, callback.scheduled_datetime) == (status, on(10))


def test_working_hours_and_the_daily_limit_are_heeded(admin, ours, in_scope):
    agent = AIAgentFactory(
        timezone="Europe/Paris", working_hours_start=time(9), working_hours_end=time(10), max_daily_calls=3
    )
    booked(agent, on(8), "completed")
    callbacks = [booked(agent, on(6, 15 * number)) for number in range(4)]
    data = reschedule(admin, on(8, 5), ids=callbacks)
    assert list(went(data).values()) == [
        iso(on(8, 5)),
        iso(on(8, 20)),
        iso(on(8, day=1)),
        iso(on(8, 15, day=1)),
    ]


def test_what_finds_no_slot_within_a_year_stays_where_it_is(admin, sarah):
    sarah.working_hours_start, sarah.working_hours_end, sarah.max_daily_calls = time(9), time(9, 15), 1
    sarah.save()
    late = [booked(sarah, on(3, day=-number)) for number in range(370)]
    before = {callback.pk: callback.scheduled_datetime for callback in late}
    data = reschedule(admin, on(10), ids=late)
    moved, stayed = data["succeeded"], data["failed"]
    # One slot a day from tomorrow on, and as many days as a diary has.
    assert (moved, stayed) == (366, 4)
    assert {one["code"] for one in data["results"] if one["result"] == "failed"} == {"NO_FREE_SLOT"}
    failing = {one["id"] for one in data["results"] if one["result"] == "failed"}
    assert failing == {str(callback.pk) for callback in late[:4]}
    for callback in Callback.objects.all():
        assert (callback.scheduled_datetime == before[callback.pk]) == (str(callback.pk) in failing)


def test_those_that_stay_are_in_the_way_of_the_others(admin, sarah):
    sarah.working_hours_start, sarah.working_hours_end = time(9), time(9, 15)
    sarah.save()
    # All days of the diary but two are taken, and of the three to be moved the last has one of the two.
    stays = booked(sarah, on(9, day=1), priority_level=1)
    first, second = booked(sarah, on(3), priority_level=5), booked(sarah, on(3, 15), priority_level=4)
    for day in range(3, 368):
        booked(sarah, on(9, day=day))
    data = reschedule(admin, on(10), ids=[stays, first, second])
    assert outcomes(data) == [
        (str(stays.pk), "failed", "NO_FREE_SLOT"),
        (str(first.pk), "done", None),
        (str(second.pk), "failed", "NO_FREE_SLOT"),
    ]
    assert went(data) == {str(first.pk): iso(on(9, day=2))}


@pytest.mark.parametrize("at", ["2030-01-07T08:00:00Z", "2029-12-31T23:00:00", "1900-01-01T00:00:00Z"])
def test_nobody_is_called_in_the_past(admin, sarah, at):
    callback = booked(sarah, on(7))
    before = everything()
    answer = admin.post(
        BULK_CALLBACKS, {"action": "reschedule", "ids": [str(callback.pk)], "new_datetime": at}, format="json"
    )
    assert (answer.status_code, answer.json()) == (
        400,
        {
            "error": "new_datetime: Must be in the future.",
            "code": "PAST_DATETIME",
            "details": {"new_datetime": ["Must be in the future."]},
        },
    )
    assert everything() == before


def test_a_dry_run_tells_the_same_and_writes_nothing(admin, sarah, django_capture_on_commit_callbacks):
    callbacks = [booked(sarah, on(6, 15 * number), priority_level=1 + number) for number in range(4)]
    callbacks += [booked(AIAgentFactory(), on(7)), booked(sarah, on(9), "completed"), booked(sarah, on(10, 15))]
    before = everything()
    with django_capture_on_commit_callbacks() as told:
        planned = reschedule(admin, on(10), ids=callbacks, dry_run=True)
    assert (everything(), told) == (before, [])
    assert reschedule(admin, on(10), ids=callbacks) == planned | {"dry_run": False}


def test_each_ai_agent_has_one_live_event(admin, sarah, ours, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as told:
        reschedule(admin, on(10), ids=[booked(sarah, on(6, 15 * number)) for number in range(4)])
    audience = {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"}
    assert heard(told) == [("callback.bulk", {"agent_id": str(sarah.pk), "action": "reschedule", "count": 4}, audience)]


def test_it_takes_as_many_queries_for_many_as_for_few(admin, sarah, counted):
    few = [booked(sarah, on(7))]
    many = [booked(agent, on(hour)) for agent in [AIAgentFactory() for _ in range(20)] for hour in range(7)]
    admin.get(CALLBACKS)
    for callbacks in (few, many):
        with counted("POST callbacks/bulk-actions, reschedule"):
            assert reschedule(admin, on(10), ids=callbacks)["succeeded"] == len(callbacks)


def test_where_they_go_is_where_a_single_one_may_go(admin, sarah):
    """The diary refuses none of the times, each asked for as if it were moved alone."""
    callbacks = [booked(sarah, on(6, 15 * number)) for number in range(4)]
    reschedule(admin, on(23, 30), ids=callbacks)
    for callback in Callback.objects.all():
        at = callback.scheduled_datetime
        assert Diary.of(sarah, since=at, leaving_out=[callback.pk]).refusal(at) is None
