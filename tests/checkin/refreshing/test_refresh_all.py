"""Refreshing every session."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from checkin import services
from checkin.errors import NoUpstream
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun, RunKind, UpstreamStanding
from checkin.services.refreshing import ledger as ledger_module
from checkin.services.refreshing.keeping import Rotated
from checkin.upstream import breaking
from core import tenancy
from core.health import draining
from devstack.upstream.faults import PageFault
from tests.stored import audited


def test_every_session_is_refreshed_and_its_new_token_is_ours(fetched, upstream):
    first_tokens = {session.email: session.token for session in fetched(7)}

    run = services.refresh_all()

    assert (run.total, run.normal, run.done) == (7, 7, 7)
    assert run.finished_at is not None
    for session in CheckinSession.objects.all():
        assert (session.status, session.error, session.lease_token) == ("normal", None, None)
        assert session.token == upstream.user(session.email)["token"] != first_tokens[session.email]
        assert (session.token_number, session.confirmed_number, session.confirmed_token) == (2, 2, "")
    assert RefreshAttempt.objects.filter(outcome="normal", has_rotated=True, run=run).count() == 7
    assert RefreshRun.objects.count() == 1
    assert upstream.facts()["overlaps"] == []
    assert UpstreamStanding.objects.get().all_refreshed_at is not None


def test_the_sessions_of_a_run_are_due_together_again(fetched, settings):
    fetched(3)

    run = services.refresh_all()

    [due] = set(CheckinSession.objects.values_list("next_refresh_at", flat=True))
    assert due == run.started_at + timedelta(seconds=settings.CHECKIN_REFRESH_SECONDS)


def test_an_expired_session_and_one_that_is_not_listed_are_left_alone(fetched, upstream):
    expired, gone, live = fetched(3)
    CheckinSession.objects.filter(pk=expired.pk).update(status="expired")
    CheckinSession.objects.filter(pk=gone.pk).update(is_listed=False)

    run = services.refresh_all()

    assert (run.total, run.normal) == (1, 1)
    assert [upstream.user(session.email)["asked"] for session in (expired, gone, live)] == [0, 0, 1]


def test_with_nobody_to_refresh_the_run_ends_at_once(upstream, in_scope):
    run = services.refresh_all()

    assert run.finished_at is not None
    assert (run.total, run.done) == (0, 0)
    assert upstream.facts()["page_requests"] == 0


def test_what_is_left_when_the_time_is_up_stays_in_the_open_run(fetched, upstream):
    fetched(4)

    run = services.refresh_all(wait_seconds=0)

    assert (run.finished_at, run.done, run.total) == (None, 0, 4)
    assert upstream.facts()["page_requests"] == 0
    services.work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.normal, run.percent) == (4, 100)


def test_whoever_asks_while_a_run_is_open_joins_it(fetched):
    fetched(2)
    first = services.start_refresh(RunKind.ALL)

    assert services.start_refresh(RunKind.ALL).pk == first.pk
    assert services.refresh_all().pk == first.pk
    assert services.start_refresh(RunKind.ALL).pk != first.pk


def test_a_session_that_somebody_refreshed_meanwhile_counts_as_skipped(fetched):
    first, _ = fetched(2)
    run = services.start_refresh(RunKind.ALL)
    services.refresh_one(email=first.email)

    services.work_on_run(run_id=run.pk)

    run.refresh_from_db()
    assert (run.total, run.normal, run.skipped, run.done) == (2, 1, 1, 2)


def test_a_session_that_came_after_the_beginning_is_the_next_runs(fetched, upstream):
    fetched(1)
    run = services.start_refresh(RunKind.ALL)
    upstream.add_user("late@uni.test")
    services.fetch_users()

    services.work_on_run(run_id=run.pk)

    run.refresh_from_db()
    assert (run.total, run.done) == (1, 1)
    assert upstream.user("late@uni.test")["asked"] == 0


def test_an_upstream_that_fails_again_and_again_is_left_alone_and_the_run_goes_on_when_it_is_back(
    fetched, upstream, settings, monkeypatch
):
    settings.CHECKIN_CONCURRENCY = 1
    fetched(12)
    upstream.set_rates({PageFault.ERROR: 1.0})

    run = services.refresh_all()

    assert (run.finished_at, run.failed, run.total) == (None, breaking.MOST_FAILURES, 12)
    assert "left alone" in run.error
    assert run.paused_until > timezone.now() + timedelta(seconds=breaking.QUIET_SECONDS / 2)
    assert upstream.facts()["page_requests"] == breaking.MOST_FAILURES
    # For the others nothing was sent: they stand as before, free, and without an attempt.
    assert CheckinSession.objects.filter(status=None, lease_token=None).count() == 12 - breaking.MOST_FAILURES
    assert RefreshAttempt.objects.count() == breaking.MOST_FAILURES

    upstream.set_rates({})
    services.work_on_run(run_id=run.pk)
    assert upstream.facts()["page_requests"] == breaking.MOST_FAILURES
    breaking.forget_failures()
    RefreshRun.objects.update(paused_until=timezone.now())
    services.work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.normal, run.failed, run.error) == (12 - breaking.MOST_FAILURES, breaking.MOST_FAILURES, None)
    assert run.finished_at is not None


def test_without_slots_nothing_is_sent_and_nothing_is_changed(fetched, upstream, settings, monkeypatch):
    [session] = fetched(1)
    monkeypatch.setattr("checkin.upstream.slots.LONGEST_WAIT_SECONDS", 0.0)

    run = services.refresh_all()

    assert run.finished_at is None
    assert "CHECKIN_CONCURRENCY" in run.error
    session.refresh_from_db()
    assert (session.status, session.attempted_at, session.lease_token) == (None, None, None)
    assert upstream.facts()["page_requests"] == 0


def test_an_organization_without_an_upstream_is_told_so(upstream, ours, theirs):
    with tenancy.scope(theirs.organization.pk), pytest.raises(NoUpstream, match="no check-in upstream"):
        services.refresh_all()
    assert RefreshRun.unscoped.count() == 0


@pytest.mark.parametrize("setting", ["CHECKOUT_API_URL", "CHECKIN_URL"])
def test_without_an_address_check_in_is_switched_off(setting, fetched, settings, upstream):
    fetched(1)
    setattr(settings, setting, "")

    with pytest.raises(NoUpstream, match=f"switched off: {setting} is empty"):
        services.refresh_all()
    assert RefreshRun.objects.count() == 0
    assert upstream.facts()["page_requests"] == 0


def test_who_had_all_refreshed_is_audited(fetched):
    fetched(1)
    run = services.refresh_all()

    entries = [(one["action"], one["resource_type"], one["resource_id"]) for one in audited()]
    assert ("execute", "checkin_refresh", str(run.pk)) in entries


def test_a_server_that_is_about_to_stop_begins_nothing_more(fetched, upstream, settings, tmp_path, monkeypatch):
    """Its workers are killed soon; what they had sent by then would cost logins."""
    settings.CHECKIN_CONCURRENCY = 1
    fetched(6)
    monkeypatch.setenv(draining.VARIABLE, str(tmp_path / "draining"))
    keep = ledger_module.keep_tokens

    def announced(rotated: Sequence[Rotated]) -> set[int]:
        draining.announce()
        return keep(rotated)

    monkeypatch.setattr(ledger_module, "keep_tokens", announced)

    run = services.refresh_all()

    # What was claimed before: two at a time.
    assert (run.finished_at, run.normal) == (None, 2)
    assert upstream.facts()["page_requests"] == 2
    assert not CheckinSession.objects.filter(lease_token__isnull=False).exists()
