"""Processes die by SIGKILL while they refresh sessions."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from core.testing.waiting import eventually
from devstack.upstream.faults import PageFault
from tests.checkin.refreshing.processes import lease_runs_out
from tests.stored import queued_mails

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]

EMAIL = "ada@uni.test"
DOUBT = "interrupted after it may have been sent"


def fetch(upstream, number: int = 1) -> None:
    upstream.set_users([EMAIL, *(f"user{one}@uni.test" for one in range(1, number))])
    services.fetch_users()


def test_between_the_upstreams_answer_and_our_storing_it_costs_one_login_which_is_told(upstream, start_refreshers):
    fetch(upstream, 2)
    upstream.set_pace(slow_seconds=1.0)
    upstream.set_fault(EMAIL, PageFault.SLOW)
    [process] = start_refreshers(1)
    process.begin()
    eventually(lambda: RefreshAttempt.objects.filter(outcome="running").count() == 2)
    with transaction.atomic():
        # Nobody comes to store the answer: what became of the other session cannot be written down.
        RefreshRun.objects.select_for_update().get()
        eventually(lambda: upstream.user(EMAIL)["refreshed"] == 1)
        eventually(somebody_waits_for_us)
        process.kill()
    upstream.set_fault(EMAIL, None)
    lease_runs_out()

    run = services.refresh_all()

    session, other = CheckinSession.objects.all()
    assert (session.status, other.status) == ("expired", "normal")
    assert other.token == upstream.user(other.email)["token"]
    assert DOUBT in session.error
    [mail] = queued_mails("cto_checkin_expired")
    assert DOUBT in mail["text"]
    outcomes = RefreshAttempt.objects.filter(session=session).order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["interrupted", "expired"]
    assert (run.normal, run.expired, run.done, run.total) == (1, 1, 2, 2)

    upstream.log_in(EMAIL)
    services.fetch_users()
    assert services.refresh_all().normal == 2
    assert len(queued_mails("cto_checkin_expired")) == 1


def test_while_the_token_is_on_its_way_to_the_database_nothing_is_lost(upstream, start_refreshers):
    fetch(upstream)
    upstream.set_pace(latency_seconds=0.5)
    [process] = start_refreshers(1)
    process.begin()
    eventually(lambda: RefreshAttempt.objects.filter(outcome="running").exists())
    with transaction.atomic():
        CheckinSession.objects.select_for_update().get()
        eventually(lambda: upstream.user(EMAIL)["refreshed"] == 1)
        eventually(somebody_waits_for_us)
        process.kill()
    eventually(lambda: CheckinSession.objects.get().token == upstream.user(EMAIL)["token"])
    lease_runs_out()

    assert services.refresh_all().normal == 1
    assert queued_mails("cto_checkin_expired") == []


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def test_after_the_token_was_stored_nothing_is_lost(upstream, start_refreshers):
    """The headers have come and the page has not when the process dies."""
    fetch(upstream)
    upstream.set_fault(EMAIL, PageFault.HANG_BODY)
    [process] = start_refreshers(1)
    process.begin()
    eventually(lambda: CheckinSession.objects.get().token_number == 2)
    process.kill()
    upstream.set_fault(EMAIL, None)
    lease_runs_out()
    assert CheckinSession.objects.get().token == upstream.user(EMAIL)["token"]

    assert services.refresh_all().normal == 1

    session = CheckinSession.objects.get()
    assert (session.status, session.token) == ("normal", upstream.user(EMAIL)["token"])
    assert queued_mails("cto_checkin_expired") == []


def test_two_processes_share_the_sessions_and_when_one_dies_the_other_ends_the_run(upstream, start_refreshers):
    fetch(upstream, 150)
    first, second = start_refreshers(2)
    upstream.set_pace(latency_seconds=0.1)
    first.begin()
    second.begin()
    eventually(lambda: upstream.facts()["page_requests"] > 40)
    first.kill()
    eventually(lambda: is_quiet(upstream))
    lease_runs_out()

    assert second.hear()["is_finished"]

    facts = upstream.facts()
    assert facts["overlaps"] == []
    interrupted = set(RefreshAttempt.objects.filter(outcome="interrupted").values_list("session_id", flat=True))
    assert interrupted
    for session in CheckinSession.objects.all():
        if session.status == "normal":
            assert session.token == upstream.user(session.email)["token"]
        else:
            assert session.status == "expired"
            assert session.pk in interrupted
            assert DOUBT in session.error
    expired = CheckinSession.objects.filter(status="expired").count()
    assert len(queued_mails("cto_checkin_expired")) == expired
    run = RefreshAttempt.objects.first().run
    assert (run.normal, run.expired, run.failed, run.skipped) == (150 - expired, expired, 0, 0)


def is_quiet(upstream) -> bool:
    """Whether the living one has nothing under way any more, and waits for what the dead one held."""
    recent = RefreshAttempt.objects.filter(outcome="running", started_at__gt=Now() - timedelta(seconds=1))
    return upstream.facts()["in_flight"] == 0 and not recent.exists()
