"""Forgetting what is old."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import tenancy
from core.outbox.models import OutboxEvent
from profiles import services, tasks
from profiles.models import Block, BrowserProfile, LoggedOutProfile, Tally
from profiles.services import retention, segments
from tests.profiles.factories import BrowserProfileFactory, LoggedOutProfileFactory
from tests.stored import audited

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)


def logouts(number: int, *, days: float, profile: str = "x") -> list[int]:
    at = timezone.now() - timedelta(days=days)
    return [LoggedOutProfileFactory(profile__profile_name=profile, timestamp=at).pk for _ in range(number)]


def left() -> list[int]:
    return list(LoggedOutProfile.unscoped.order_by("pk").values_list("pk", flat=True))


def test_nothing_is_forgotten_unless_it_is_set(in_scope, settings):
    kept = logouts(3, days=5000)
    tasks.forget_old_records()
    assert left() == kept
    assert audited() == []


def test_what_is_older_is_deleted_in_batches_and_the_audit_log_tells_of_each(in_scope, settings, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    settings.PROFILES_RETENTION_DAYS = 30
    logouts(5, days=30.001)
    kept = logouts(2, days=29.999)
    assert services.forget_old_records() == 5
    assert left() == kept
    for entry, number in zip(audited(), (2, 2, 1), strict=True):
        assert (entry["action"], entry["resource_type"]) == ("delete", "logged_out_profiles")
        assert entry["resource_id"] == str(in_scope.pk)
        assert entry["changes"] == {"older_than_days": [None, 30], "records": [number, 0]}
    assert services.forget_old_records() == 0
    assert len(audited()) == 3


def test_the_audit_log_tells_of_no_more_than_was_deleted_before_its_time_was_up(in_scope, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "time", SimpleNamespace(monotonic=iter([0, 0, 0, 30]).__next__))
    logouts(7, days=2)
    assert services.forget_old_records(older_than_days=1, seconds=20) == 4
    assert [entry["changes"]["records"] for entry in audited()] == [[2, 0], [2, 0]]
    assert len(left()) == 3


def test_what_is_old_is_found_in_closed_blocks_and_behind_them(in_scope, monkeypatch, small_segments):
    small_segments(block_rows=3, segment_blocks=2)
    monkeypatch.setattr(retention, "BATCH", 2)
    kept = logouts(3, days=1)
    logouts(4, days=8)
    kept += logouts(7, days=1)
    segments.close_segments()
    ranges = list(Block.objects.order_by("first_id").values_list("first_id", "last_id"))
    assert len(ranges) == 4
    logouts(1, days=9)
    kept += logouts(1, days=1)
    assert services.forget_old_records(older_than_days=7) == 5
    assert left() == kept
    assert len(audited()) == 3
    assert Tally.objects.get().count == len(kept) - 1


def test_the_two_halves_of_the_task_fit_well_into_a_workers_minute(settings):
    assert 2 * retention.TASK_SECONDS <= settings.CELERY_TASK_SOFT_TIME_LIMIT * 0.75


def test_every_organization_has_an_entry_of_its_own(ours, theirs, settings):
    settings.PROFILES_RETENTION_DAYS = 7
    for company, number in ((ours, 2), (theirs, 3)):
        with tenancy.scope(company.organization.pk):
            logouts(number, days=8)
    assert services.forget_old_records() == 5
    told = {event.organization_id: event.payload["changes"]["records"] for event in OutboxEvent.unscoped.all()}
    assert told == {ours.organization.pk: [2, 0], theirs.organization.pk: [3, 0]}
    assert left() == []


def test_it_stops_when_its_time_is_up_and_goes_on_at_the_next_call(in_scope, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    logouts(5, days=2)
    assert services.forget_old_records(older_than_days=1, seconds=0) == 0
    assert len(left()) == 5
    assert services.forget_old_records(older_than_days=1) == 5


def test_more_days_than_there_were_are_for_ever(in_scope):
    kept = logouts(1, days=5000)
    assert services.forget_old_records(older_than_days=10**9) == 0
    assert left() == kept


def test_profiles_without_a_record_go_too(in_scope, theirs, settings, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    settings.PROFILES_RETENTION_DAYS = 7
    logouts(1, days=8, profile="old")
    logouts(1, days=6, profile="new")
    for number in range(5):
        BrowserProfileFactory(profile_name=f"never {number}")
    with tenancy.scope(theirs.organization.pk):
        BrowserProfileFactory(profile_name="never")
    tasks.forget_old_records()
    assert [profile.profile_name for profile in BrowserProfile.unscoped.all()] == ["new"]


def test_an_operator_forgets_by_command(in_scope, settings):
    logouts(2, days=8)
    kept = logouts(1, days=6)
    out = StringIO()
    call_command("forget_logged_out_profiles", "--days", "7", stdout=out)
    assert left() == kept
    assert out.getvalue().strip() == "Forgot 2 records older than 7 days, and 0 browser profiles without a record."
    with pytest.raises(CommandError, match="PROFILES_RETENTION_DAYS"):
        call_command("forget_logged_out_profiles")
    with pytest.raises(CommandError, match="--days"):
        call_command("forget_logged_out_profiles", "--days", "0")
    assert left() == kept
