"""POST /api/agents/ai/callbacks/bulk-actions/: deleting what is completed."""

import pytest

from agents.models import Call, Callback
from tests.agents.bulk import act, booked, counts, everything, outcomes
from tests.agents.callback_fields import entries, iso, on
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import CallFactory
from tests.agents.hearing import heard

pytestmark = pytest.mark.django_db
DELETE = "delete_completed"


def test_only_completed_ones_are_deleted(admin, sarah, in_scope):
    done, waiting, cancelled = (
        booked(sarah, on(10 + hour), status) for hour, status in enumerate(["completed", "scheduled", "cancelled"])
    )
    data = act(admin, DELETE, ids=[waiting, done, cancelled])
    assert counts(data) == (3, 1, 0, 2)
    assert outcomes(data) == [
        (str(waiting.pk), "failed", "CALLBACK_OPEN"),
        (str(done.pk), "done", None),
        (str(cancelled.pk), "failed", "CALLBACK_OPEN"),
    ]
    assert data["results"][2]["error"] == "The callback is cancelled, not completed."
    assert set(Callback.objects.all()) == {waiting, cancelled}
    waiting.customer.refresh_from_db()
    assert waiting.customer.next_followup == on(10 + 1)


def test_the_audit_log_keeps_what_they_were(admin, sarah):
    done = booked(sarah, on(10), "completed", reason="Pricing", outcome="Bought", completed_at=on(10, 10))
    act(admin, DELETE, ids=[done])
    [(action, pk, changes)] = entries()
    assert (action, pk) == ("delete", str(done.pk))
    assert changes["reason"] == ["Pricing", None]
    assert changes["completed_at"] == [iso(on(10, 10)), None]
    assert changes["customer_phone"] == [done.customer.phone_number, None]


def test_calls_that_they_led_to_stay(admin, sarah, in_scope):
    done = booked(sarah, on(10), "completed")
    call = CallFactory(customer=done.customer, callback=done)
    act(admin, DELETE, ids=[done])
    call.refresh_from_db()
    assert call.callback_id is None
    assert not Callback.objects.exists()


def test_one_with_a_call_in_progress_stays(admin, sarah, in_scope):
    done, other = booked(sarah, on(10), "completed"), booked(sarah, on(11), "completed")
    CallFactory(customer=done.customer, callback=done, status="in_progress")
    assert outcomes(act(admin, DELETE, ids=[done, other])) == [
        (str(done.pk), "failed", "CALL_IN_PROGRESS"),
        (str(other.pk), "done", None),
    ]
    assert list(Callback.objects.all()) == [done]
    assert Call.objects.get().callback == done


def test_watchers_hear_how_many(admin, sarah, ours, django_capture_on_commit_callbacks):
    done = [booked(sarah, on(10 + hour), "completed") for hour in range(3)]
    with django_capture_on_commit_callbacks() as told:
        act(admin, DELETE, ids=done)
    audience = {f"client:{ours.client.pk}", f"agent:{ours.agent.pk}"}
    assert heard(told) == [
        ("callback.bulk", {"agent_id": str(sarah.pk), "action": DELETE, "count": 3}, audience),
    ]


def test_a_dry_run_deletes_nothing(admin, sarah, in_scope, django_capture_on_commit_callbacks):
    ids = [booked(sarah, on(10), "completed"), booked(sarah, on(11)), booked(sarah, on(12), "completed")]
    before = everything()
    with django_capture_on_commit_callbacks() as told:
        planned = act(admin, DELETE, ids=ids, dry_run=True)
    assert (everything(), told) == (before, [])
    assert act(admin, DELETE, ids=ids) == planned | {"dry_run": False}
    assert Callback.objects.count() == 1


def test_it_takes_as_many_queries_for_many_as_for_few(admin, sarah, counted, in_scope):
    few = [booked(sarah, on(9, day=-1), "completed")]
    many = [booked(sarah, on(hour, 15 * quarter), "completed") for hour in range(24) for quarter in range(4)] * 2
    for callback in many:
        CallFactory(customer=callback.customer, callback=callback)
    admin.get(CALLBACKS)
    for callbacks in (few, many):
        with counted("POST callbacks/bulk-actions, delete_completed"):
            act(admin, DELETE, ids=callbacks)
    assert not Callback.objects.exists()
    assert Call.objects.filter(callback=None).count() == len(many)
