"""Old refreshes are forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from checkin import services, tasks
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from core import tenancy


@pytest.fixture
def run(upstream, in_scope) -> RefreshRun:
    """A run of two sessions that has ended."""
    upstream.set_users(["ada@uni.test", "bob@uni.test"])
    services.fetch_users()
    return services.refresh_all()


def test_what_ended_long_ago_is_deleted_and_the_sessions_stay(run, settings):
    RefreshRun.objects.update(finished_at=timezone.now() - timedelta(days=settings.CHECKIN_HISTORY_DAYS, seconds=1))
    newer = services.refresh_all()

    tasks.delete_old_history()

    assert list(RefreshRun.objects.values_list("pk", flat=True)) == [newer.pk]
    assert set(RefreshAttempt.objects.values_list("run_id", flat=True)) == {newer.pk}
    assert CheckinSession.objects.filter(status="normal").count() == 2


def test_what_is_not_as_old_is_kept_and_so_is_an_open_run(run, settings):
    RefreshRun.objects.update(finished_at=timezone.now() - timedelta(days=settings.CHECKIN_HISTORY_DAYS, minutes=-1))
    RefreshRun.objects.create(kind="all", started_at=timezone.now() - timedelta(days=1000))

    assert services.delete_old_history() == 0
    assert (RefreshRun.objects.count(), RefreshAttempt.objects.count()) == (2, 2)


def test_it_is_done_for_every_organization(run, theirs):
    with tenancy.scope(theirs.organization.pk):
        RefreshRun.objects.create(kind="all", finished_at="2020-01-01T00:00:00Z")

    assert services.delete_old_history() == 1
    assert RefreshRun.unscoped.count() == 1
