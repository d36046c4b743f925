"""Processes die while they refresh: nothing stays taken, and what it may cost is told."""

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from checkin.services.refreshing import settle_interrupted
from checkin.services.refreshing.keeping import Rotated, keep_tokens
from tests.checkin.refreshing.conftest import EMAIL
from tests.checkin.refreshing.processes import claimed, lease_runs_out
from tests.stored import queued_mails


def test_a_lease_that_holds_is_respected(ada):
    claimed()

    assert settle_interrupted() == 0
    assert RefreshAttempt.objects.get().outcome == "running"


def test_an_interrupted_session_is_free_and_due_at_once(ada):
    run, _ = claimed()
    lease_runs_out()

    assert settle_interrupted() == 1

    ada.refresh_from_db()
    assert (ada.lease_token, ada.status, ada.interruption_count) == (None, None, 1)
    attempt = RefreshAttempt.objects.get()
    assert attempt.outcome == "interrupted"
    assert attempt.finished_at is not None
    services.work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.normal, run.done, run.total) == (1, 1, 1)
    ada.refresh_from_db()
    assert (ada.status, ada.interruption_count) == ("normal", 0)


def test_a_login_that_an_interruption_may_have_cost_says_so_in_the_error_and_in_the_alert(ada, upstream):
    """The process died between the upstream's answer and our storing it."""
    claimed()
    upstream.rotate(EMAIL)
    lease_runs_out()

    services.refresh_all()

    ada.refresh_from_db()
    assert ada.status == "expired"
    assert "interrupted after it may have been sent" in ada.error
    [mail] = queued_mails("cto_checkin_expired")
    assert "interrupted after it may have been sent" in mail["text"]


def test_a_token_that_was_stored_before_the_process_died_is_the_one_that_is_used(ada, upstream):
    _, [mine] = claimed()
    keep_tokens([Rotated(mine, upstream.rotate(EMAIL))])
    lease_runs_out()

    services.refresh_all()

    ada.refresh_from_db()
    assert (ada.status, ada.token) == ("normal", upstream.user(EMAIL)["token"])
    assert queued_mails() == []


def test_a_session_that_ends_its_process_again_and_again_is_left_alone_for_a_while(ada, settings):
    for _ in range(3):
        run, [_] = claimed()
        lease_runs_out()
        settle_interrupted()

    ada.refresh_from_db()
    assert (ada.status, ada.failure_count) == ("failed", 1)
    assert "3 times in a row" in ada.error
    assert (ada.next_refresh_at - ada.attempted_at).total_seconds() == settings.CHECKIN_REFRESH_SECONDS
    services.work_on_run(run_id=run.pk)
    run.refresh_from_db()
    assert (run.failed, run.done, run.total) == (1, 1, 1)
    assert run.finished_at is not None


def test_a_run_of_one_session_ends_when_its_process_has_long_been_gone(ada, monkeypatch):
    CheckinSession.objects.update(lease_token=None)
    run = RefreshRun.objects.create(kind="single", total=1)
    settle_interrupted()
    run.refresh_from_db()
    assert run.finished_at is None

    RefreshRun.objects.update(started_at="2024-01-01T00:00:00Z")
    settle_interrupted()

    run.refresh_from_db()
    assert (run.skipped, run.done) == (1, 1)
    assert run.finished_at is not None
    assert "ended before" in run.error


def test_the_other_organizations_sessions_are_not_touched(ada, theirs):
    claimed()
    CheckinSession.unscoped.update(organization=theirs.organization, lease_expires_at="2024-01-01T00:00:00Z")

    assert settle_interrupted() == 0
