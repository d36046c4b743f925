"""The bulk actions of the documentation, on the day before theirs."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from agents.models import SLOT
from tests.agents.bulk import BULK_AGENTS, BULK_CALLBACKS, booked
from tests.agents.callback_fields import iso
from tests.agents.factories import AIAgentFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2025, 10, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_the_day_before(settings):
    # The database ends logins, and its clock is not moved.
    settings.REFRESH_TOKEN_LIFETIME = timedelta(days=36_500)
    with time_machine.travel(NOON, tick=False):
        yield


def test_the_documented_example_activates_what_is_trained(admin, in_scope):
    """`{action: "activate", filters: {status: "training", training_level_gt: 50}}`."""
    low, high, edge = (AIAgentFactory(status="training", training_level=level) for level in (49, 51, 50))
    paused = AIAgentFactory(status="paused", training_level=90)
    answer = admin.post(
        BULK_AGENTS,
        {"action": "activate", "filters": {"status": "training", "training_level_gt": 50}},
        format="json",
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "AI agents activated: 1; unchanged: 0; failed: 0",
        "data": {
            "action": "activate",
            "dry_run": False,
            "matched": 1,
            "succeeded": 1,
            "unchanged": 0,
            "failed": 0,
            "results": [{"id": str(high.pk), "result": "done"}],
        },
        "timestamp": iso(NOON),
    }
    for agent, status in ((low, "training"), (edge, "training"), (high, "active"), (paused, "paused")):
        agent.refresh_from_db()
        assert agent.status == status


def test_the_documented_example_moves_what_is_overdue(admin, sarah):
    """`{action: "reschedule", filters: {overdue: true}, new_datetime: "2025-10-02T09:00:00Z"}`."""
    late = [booked(sarah, NOON - SLOT * number) for number in (4, 3)]
    soon = booked(sarah, NOON + SLOT)
    answer = admin.post(
        BULK_CALLBACKS,
        {"action": "reschedule", "filters": {"overdue": True}, "new_datetime": "2025-10-02T09:00:00Z"},
        format="json",
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "message": "Callbacks rescheduled: 2; unchanged: 0; failed: 0",
        "data": {
            "action": "reschedule",
            "dry_run": False,
            "matched": 2,
            "succeeded": 2,
            "unchanged": 0,
            "failed": 0,
            "results": [
                {
                    "id": str(callback.pk),
                    "result": "done",
                    "from": iso(callback.scheduled_datetime),
                    "to": to,
                }
                for callback, to in zip(late, ["2025-10-02T09:00:00Z", "2025-10-02T09:15:00Z"], strict=True)
            ],
        },
        "timestamp": "2025-10-01T12:00:00Z",
    }
    soon.refresh_from_db()
    assert soon.status == "scheduled"
