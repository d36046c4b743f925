"""Which organizations beat looks at: those with something due, found by one query."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import SLOT, Callback
from agents.selectors.due import organizations_with_due
from agents.services import due
from agents.services.due import looking
from core import tenancy
from core.errors import Invalid
from core.outbox.models import OutboxEvent
from tests.agents.due_rows import NOW, in_minutes
from tests.agents.factories import AIAgentFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("standing_clock")]


def at(company, minutes, agent=None, **fields):
    """A callback in an organization, in so many minutes; its agent is paused unless told."""
    with tenancy.scope(company.organization.pk):
        return in_minutes(AIAgentFactory(**{"status": "paused", **(agent or {})}), minutes, **fields)


@pytest.mark.parametrize(
    ("minutes", "agent", "fields", "is_due"),
    [
        (0, {"status": "active"}, {}, True),
        (0, {"status": "active", "training_level": 19}, {}, False),
        (0, {}, {}, False),
        (-14, {}, {}, False),
        (-15, {}, {}, True),
        (-15, {}, {"overdue_at": NOW}, False),
        (-15, {"status": "learning"}, {"overdue_at": NOW}, True),
        (-15, {"status": "active"}, {"status": "in_progress"}, False),
        (-15, {"status": "active"}, {"status": "cancelled"}, False),
        (-60, {}, {"status": "in_progress", "started_at": NOW - SLOT}, True),
        (60, {}, {"status": "in_progress", "started_at": NOW - timedelta(days=1)}, True),
        (-60, {}, {"status": "in_progress", "started_at": NOW - SLOT + timedelta(seconds=1)}, False),
        (-60, {}, {"status": "in_progress", "started_at": NOW - SLOT, "overdue_at": NOW}, False),
        (-60, {}, {"status": "in_progress", "started_at": NOW - SLOT, "overdue_at": NOW - timedelta(hours=1)}, True),
        (-60, {}, {"status": "completed", "started_at": NOW - SLOT}, False),
        (30, {}, {}, True),
        (30, {}, {"reminded_at": NOW}, False),
        (31, {"status": "active"}, {}, False),
    ],
)
def test_an_organization_is_looked_at_if_something_is_due(ours, theirs, minutes, agent, fields, is_due):
    at(ours, minutes, agent, **fields)
    at(theirs, 60)
    assert organizations_with_due(now=NOW) == ([ours.organization.pk] if is_due else [])


def test_without_reminders_nothing_that_is_yet_to_come_is_due(ours, settings):
    settings.CALLBACK_REMINDER_MINUTES = 0
    at(ours, 1)
    assert organizations_with_due(now=NOW) == []


def test_nothing_due_costs_one_query(ours):
    at(ours, 60, {"status": "active"})
    at(ours, -60, overdue_at=NOW)
    at(ours, -60, status="in_progress", started_at=NOW - timedelta(minutes=14))
    with CaptureQueriesContext(connection) as queries:
        due.look()
    assert len(queries) == 1


def test_every_organization_is_seen_to_in_its_own_scope(ours, theirs):
    rows = [at(company, -60, {"status": "active"}) for company in (ours, theirs)]
    due.look()
    for row in rows:
        row.refresh_from_db()
        assert row.status == "in_progress"
    assert sorted(OutboxEvent.unscoped.values_list("organization_id", "payload__resource_id")) == sorted(
        (row.organization_id, str(row.pk)) for row in rows
    )


def test_what_goes_wrong_in_one_organization_is_logged_and_keeps_no_other_waiting(ours, theirs, monkeypatch, caplog):
    bad, good = at(ours, -60, {"status": "active"}), at(theirs, -60, {"status": "active"})
    start_due = looking.start_due

    def fail_for_ours(now):
        if tenancy.current_organization_id() == ours.organization.pk:
            raise Invalid("Something is wrong with it.")
        return start_due(now)

    fail_for_ours.__name__ = "start_due"
    monkeypatch.setattr(looking, "start_due", fail_for_ours)
    due.look()
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status, bad.overdue_at) == ("in_progress", "scheduled", NOW)
    [record] = [record.msg for record in caplog.records if "agents_look_failed" in str(record.msg)]
    assert (record["step"], record["organization_id"]) == ("start_due", str(ours.organization.pk))
    assert Callback.unscoped.count() == 2
