"""Check-in as Prometheus sees it."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from checkin import services
from checkin.gauges import session_gauges
from checkin.models import CheckinSession
from devstack.upstream.faults import PageFault


def numbers() -> dict[str, float]:
    return {
        sample.labels.get("status", sample.name): sample.value
        for metric in session_gauges()
        for sample in metric.samples
    }


def test_sessions_are_counted_by_status_and_the_oldest_due_one_is_timed(upstream, in_scope):
    upstream.set_users(["ada@uni.test", "bob@uni.test", "cem@uni.test", "gone@uni.test"])
    services.fetch_users()
    upstream.set_fault("ada@uni.test", PageFault.ERROR)
    upstream.set_fault("bob@uni.test", PageFault.EXPIRED)
    upstream.remove_user("gone@uni.test")
    services.fetch_users()
    services.refresh_all()
    upstream.add_user("new@uni.test")
    services.fetch_users()
    CheckinSession.objects.filter(email="cem@uni.test").update(next_refresh_at=timezone.now() - timedelta(hours=1))

    with CaptureQueriesContext(connection) as queries:
        found = numbers()

    overdue = found.pop("switchboard_checkin_overdue_seconds")
    assert found == {"new": 1, "normal": 1, "expired": 1, "failed": 1}
    assert 3600 <= overdue < 3660
    assert len(queries) == 2


def test_with_nobody_due_nobody_waits(db):
    assert numbers() == {"new": 0, "normal": 0, "expired": 0, "failed": 0, "switchboard_checkin_overdue_seconds": 0}
