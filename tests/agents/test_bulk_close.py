"""POST /api/agents/ai/callbacks/bulk-actions/: completing and cancelling."""

from uuid import uuid4

import pytest
import time_machine

from agents.models import Callback
from tests.agents.bulk import BULK_CALLBACKS, act, booked, counts, everything, outcomes
from tests.agents.callback_fields import MONDAY, entries, iso, on
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import AIAgentFactory, CallbackFactory, CustomerFactory
from tests.agents.hearing import heard

pytestmark = pytest.mark.django_db
CLOSED = [("complete", "completed", "cancelled"), ("cancel", "cancelled", "completed")]
BOTH = pytest.mark.parametrize(("action", "status", "other"), CLOSED, ids=["complete", "cancel"])


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def each(sarah) -> dict[str, Callback]:
    """A callback in each status."""
    statuses = ["scheduled", "in_progress", "rescheduled", "completed", "cancelled"]
    return {status: booked(sarah, on(10 + hour), status) for hour, status in enumerate(statuses)}


@BOTH
def test_what_is_open_is_closed_what_is_so_stays_and_what_is_otherwise_fails(admin, each, action, status, other):
    data = act(admin, action, ids=[*each.values(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"])
    assert {key: data[key] for key in ("action", "dry_run")} == {"action": action, "dry_run": False}
    assert counts(data) == (5, 3, 1, 2)
    results = dict.fromkeys(("scheduled", "in_progress", "rescheduled"), "done")
    results |= {status: "unchanged", other: "failed"}
    assert outcomes(data) == [
        *(
            (str(callback.pk), results[name], "CALLBACK_CLOSED" if name == other else None)
            for name, callback in each.items()
        ),
        ("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "failed", "NOT_FOUND"),
    ]
    assert data["results"][-1]["error"] == "Callback not found."
    assert [one["error"] for one in data["results"] if one.get("code") == "CALLBACK_CLOSED"] == [
        f"The callback is {other}: only its notes and its outcome can be changed."
    ]
    for name, callback in each.items():
        callback.refresh_from_db()
        assert callback.status == (other if name == other else status)
        closed_at = getattr(callback, f"{status}_at")
        assert closed_at == (MONDAY if results[name] == "done" else None)


@BOTH
def test_each_has_an_audit_entry_and_its_customer_is_called_no_more(admin, each, action, status, other):
    act(admin, action, ids=each.values())
    done = ["scheduled", "in_progress", "rescheduled"]
    assert sorted(entries(), key=str) == sorted(
        (
            ("update", str(each[name].pk), {"status": [name, status], f"{status}_at": [None, iso(MONDAY)]})
            for name in done
        ),
        key=str,
    )
    for name in done:
        each[name].customer.refresh_from_db()
        assert each[name].customer.next_followup is None


def test_a_customer_who_has_another_callback_is_called_then(admin, sarah):
    customer = CustomerFactory(agent=sarah, next_followup=on(10))
    first, second = booked(sarah, on(10), customer=customer), booked(sarah, on(14), customer=customer)
    act(admin, "complete", ids=[first])
    customer.refresh_from_db()
    second.refresh_from_db()
    assert (customer.next_followup, second.status) == (on(14), "scheduled")


def test_an_outcome_becomes_that_of_what_is_completed_now(admin, sarah):
    waiting = booked(sarah, on(10))
    done = booked(sarah, on(11), "completed", outcome="Bought before")
    act(admin, "complete", ids=[waiting, done], outcome="Bought")
    for callback, outcome in ((waiting, "Bought"), (done, "Bought before")):
        callback.refresh_from_db()
        assert callback.outcome == outcome
    [(_, _, changes)] = entries()
    assert changes["outcome"] == ["", "Bought"]


def test_each_ai_agent_has_one_live_event(admin, sarah, ours, django_capture_on_commit_callbacks):
    other = AIAgentFactory()
    callbacks = [booked(sarah, on(10)), booked(sarah, on(11)), booked(other, on(10)), booked(other, on(9), "completed")]
    with django_capture_on_commit_callbacks() as told:
        act(admin, "cancel", ids=callbacks)
    assert sorted(heard(told), key=lambda event: event.data["count"]) == [
        ("callback.bulk", {"agent_id": str(other.pk), "action": "cancel", "count": 1}, set()),
        (
            "callback.bulk",
            {"agent_id": str(sarah.pk), "action": "cancel", "count": 2},
            {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"},
        ),
    ]


@BOTH
def test_a_dry_run_tells_the_same_and_writes_nothing(
    admin, each, action, status, other, django_capture_on_commit_callbacks
):
    before = everything()
    with django_capture_on_commit_callbacks() as told:
        planned = act(admin, action, ids=[*each.values(), uuid_of_nobody()], dry_run=True)
    assert (everything(), told) == (before, [])
    assert planned.pop("dry_run") is True
    done = act(admin, action, ids=[*each.values(), uuid_of_nobody()])
    assert done.pop("dry_run") is False
    assert done == planned


def uuid_of_nobody():
    return "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"


def test_messages_count_what_was_done_and_what_would_be(admin, each):
    body = {"action": "complete", "ids": [str(callback.pk) for callback in each.values()]}
    planned = admin.post(BULK_CALLBACKS, {**body, "dry_run": True}, format="json").json()
    assert planned["message"] == "Callbacks that would be completed: 3; unchanged: 1; failed: 1"
    done = admin.post(BULK_CALLBACKS, body, format="json").json()
    assert done["message"] == "Callbacks completed: 3; unchanged: 1; failed: 1"
    assert done["timestamp"] == iso(MONDAY)
    assert set(done) == {"message", "data", "timestamp"}


def test_filters_choose_as_those_of_the_list_do(admin, sarah, in_scope):
    late, soon = booked(sarah, on(7), priority_level=5), booked(sarah, on(9), priority_level=5)
    low, tomorrow = booked(sarah, on(10), priority_level=2), booked(sarah, on(10, day=1), priority_level=5)
    elsewhere = booked(AIAgentFactory(timezone="Pacific/Auckland"), on(11, minute=30), priority_level=5)

    def chosen(**filters):
        listed = admin.get(CALLBACKS, filters | {"agent_id": str(sarah.pk)}).json()["items"] if filters else []
        data = act(admin, "complete", filters=filters, dry_run=True)
        results = [one["id"] for one in data["results"]]
        assert [pk for pk in results if pk != str(elsewhere.pk)] == [item["id"] for item in listed]
        return results

    ids = lambda *callbacks: [str(callback.pk) for callback in callbacks]  # noqa: E731
    assert chosen(overdue=True) == ids(late)
    assert chosen(overdue=False) == ids(soon, low, elsewhere, tomorrow)
    assert chosen(today=True) == ids(late, soon, low)
    assert chosen(priority_level=5, today=True) == ids(late, soon)
    assert chosen(date_from="2030-01-08") == ids(tomorrow)
    assert chosen(date_from="2030-01-07T10:00:00Z", date_to="2030-01-07") == ids(low, elsewhere)
    assert chosen(customer_id=str(low.customer_id)) == ids(low)
    assert chosen(status="cancelled") == []
    assert [one["id"] for one in act(admin, "cancel", filters={"agent_id": str(elsewhere.agent_id)})["results"]] == ids(
        elsewhere
    )


def test_a_filter_that_nothing_matches_is_no_error(admin, sarah):
    before = everything()
    data = act(admin, "complete", filters={"customer_id": str(uuid4())})
    assert (counts(data), data["results"]) == ((0, 0, 0, 0), [])
    assert everything() == before


@BOTH
def test_it_takes_as_many_queries_for_many_as_for_few(admin, sarah, counted, action, status, other):
    few = [booked(sarah, on(9)), booked(AIAgentFactory(), on(9))]
    agents = [AIAgentFactory() for _ in range(20)]
    many = [booked(agent, on(10 + hour)) for agent in agents for hour in range(5)]
    admin.get(CALLBACKS)
    for callbacks in (few, many):
        with counted(f"POST callbacks/bulk-actions, {action}"):
            data = act(admin, action, ids=callbacks)
        assert data["succeeded"] == len(callbacks)


def test_it_takes_one_query_more_with_filters(admin, sarah, counted):
    for hour in range(30):
        booked(sarah, on(9 + hour % 12, minute=15 * (hour // 12)))
    admin.get(CALLBACKS)
    with counted("POST callbacks/bulk-actions, complete, filters"):
        assert act(admin, "complete", filters={"status": "scheduled"})["succeeded"] == 30


def test_of_a_callback_given_twice_there_is_one_result(admin, sarah):
    callback = CallbackFactory(customer__agent=sarah)
    data = act(admin, "complete", ids=[callback, str(callback.pk).upper(), callback])
    assert outcomes(data) == [(str(callback.pk), "done", None)]
    assert len(entries()) == 1
