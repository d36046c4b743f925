"""Jobs as Prometheus sees them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests.trackimmo.factories import ClientFactory, JobFactory

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
    assert 600 <= float(lines[-1].split()[-1]) < 660
