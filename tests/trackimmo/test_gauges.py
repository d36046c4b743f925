"""Jobs as Prometheus sees them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests.trackimmo.factories import ClientFactory, JobFactory
from trackimmo.models import DailyRun

pytestmark = pytest.mark.django_db


def page(http) -> list[str]:
    answer = http.get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
    assert answer.status_code == 200
    return [line for line in answer.content.decode().splitlines() if line.startswith("switchboard_trackimmo")]


def test_without_jobs_every_status_is_zero_and_nobody_waits(http):
    assert page(http) == [
        'switchboard_trackimmo_jobs{status="pending"} 0.0',
        'switchboard_trackimmo_jobs{status="processing"} 0.0',
        'switchboard_trackimmo_jobs{status="completed"} 0.0',
        'switchboard_trackimmo_jobs{status="failed"} 0.0',
        "switchboard_trackimmo_job_wait_seconds 0.0",
        "switchboard_trackimmo_open_daily_runs 0.0",
    ]


def test_jobs_of_all_organizations_are_counted_and_the_longest_wait_is_told(http, job, their_client):
    now = timezone.now()
    for minutes in (10, -10):
        due = now - timedelta(minutes=minutes)
        JobFactory(client=ClientFactory(), available_at=due)
    JobFactory(client=their_client, organization=their_client.organization, status="failed")
    lines = page(http)
    assert 'switchboard_trackimmo_jobs{status="pending"} 3.0' in lines
    assert 'switchboard_trackimmo_jobs{status="failed"} 1.0' in lines
    [wait] = (line for line in lines if line.startswith("switchboard_trackimmo_job_wait_seconds "))
    assert 600 <= float(wait.split()[-1]) < 660


def test_the_open_days_are_counted_and_the_organization_that_is_furthest_behind_is_told(http, in_scope, theirs):
    for organization, day, is_finished in (
        (in_scope, date(2027, 5, 10), True),
        (in_scope, date(2027, 5, 11), True),
        (in_scope, date(2027, 5, 12), False),
        (theirs.organization, date(2027, 5, 10), True),
        (theirs.organization, date(2027, 5, 9), True),
    ):
        DailyRun.objects.create(
            organization=organization,
            day=day,
            clients_until=timezone.now(),
            finished_at=timezone.now() if is_finished else None,
        )
    lines = page(http)
    assert "switchboard_trackimmo_open_daily_runs 1.0" in lines
    midnight = datetime(2027, 5, 10, tzinfo=UTC).timestamp()
    [behind] = (line for line in lines if "last_finished_day" in line)
    assert float(behind.split()[-1]) == midnight
