"""Callbacks as Prometheus sees them."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.gauges import callback_gauges
from agents.models import SLOT
from core import tenancy
from tests.agents.factories import CallbackFactory, CallFactory

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def numbers() -> dict[str, float]:
    return {
        sample.labels.get("state", sample.name): sample.value
        for metric in callback_gauges()
        for sample in metric.samples
    }


@time_machine.travel(NOW, tick=False)
def test_callbacks_are_counted_in_every_organization_and_the_one_that_is_overdue_most_is_timed(ours, theirs):
    with tenancy.scope(ours.organization.pk):
        for minutes, status in ((60, "scheduled"), (0, "rescheduled"), (-90, "scheduled"), (-500, "cancelled")):
            CallbackFactory(scheduled_datetime=NOW + timedelta(minutes=minutes), status=status)
        for days in (1, 2, 3):
            CallbackFactory(scheduled_datetime=NOW, status="in_progress", started_at=NOW - timedelta(days=days))
        called = CallbackFactory(scheduled_datetime=NOW, status="in_progress", started_at=NOW - SLOT)
        CallFactory(customer=called.customer, callback=called, started_at=NOW - SLOT, status="in_progress")
        CallbackFactory(scheduled_datetime=NOW, status="in_progress", started_at=NOW - timedelta(minutes=14))
    with tenancy.scope(theirs.organization.pk):
        CallbackFactory(scheduled_datetime=NOW - timedelta(minutes=15), status="rescheduled", overdue_at=NOW)
    with CaptureQueriesContext(connection) as queries:
        found = numbers()
    assert found.pop("switchboard_agents_overdue_seconds") == 90 * 60
    assert found == {"waiting": 4, "overdue": 2, "in_progress": 5, "uncalled": 3}
    assert len(queries) == 2


def test_with_nothing_due_nothing_is_overdue(db):
    assert numbers() == {
        "waiting": 0,
        "overdue": 0,
        "in_progress": 0,
        "uncalled": 0,
        "switchboard_agents_overdue_seconds": 0,
    }
