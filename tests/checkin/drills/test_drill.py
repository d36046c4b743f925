"""Thousands of refreshes at an upstream of which a twentieth of the answers is wrong, by three processes at once.

DRILL_REFRESHES says how many; `make drill-checkin` makes ten thousand.
"""

import os
from itertools import takewhile

import pytest
from django.db.models import Sum

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt, RefreshRun
from checkin.upstream import OTHER_USER
from devstack.upstream.faults import PageFault
from tests.checkin.drills.conftest import LIMIT
from tests.stored import queued_mails

REFRESHES = int(os.environ.get("DRILL_REFRESHES", "600"))
ROUNDS = 2 if REFRESHES <= 2000 else 5
SESSIONS = REFRESHES // ROUNDS
FAULTS = 0.05

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def test_every_session_ends_in_a_state_that_is_true_and_no_token_is_lost(upstream, start_refreshers):
    upstream.set_users(f"user{number}@uni.test" for number in range(SESSIONS))
    services.fetch_users()
    upstream.set_pace(latency_seconds=0.02, slow_seconds=0.2, retry_after="1")
    upstream.set_rates({fault: FAULTS / len(PageFault) for fault in PageFault}, seed=REFRESHES)
    processes = start_refreshers(3)

    for _ in range(ROUNDS):
        for process in processes:
            process.begin()
        for process in processes:
            assert process.hear()["is_finished"]
        logged_in = log_in_who_has_to(upstream)
        assert services.fetch_users().logged_in == logged_in

    facts = upstream.facts()
    assert facts["overlaps"] == []
    assert LIMIT / 2 < facts["most_at_once"] <= LIMIT
    assert facts["faults"].keys() >= {str(fault) for fault in PageFault} or REFRESHES < 10_000
    assert sum(facts["faults"].values()) > REFRESHES * FAULTS / 2
    everything_adds_up(facts)
    every_session_is_as_the_upstream_has_it(upstream)
    what_is_left_heals(upstream)


def log_in_who_has_to(upstream) -> int:
    """The users of expired sessions log in again."""
    expired = list(CheckinSession.objects.filter(status="expired"))
    for session in expired:
        good = upstream.user(session.email)["token"]
        # True: the session has ended, or its new token was lost on the way to us, which is told.
        assert good is None or "before this one had failed" in session.error
        assert good not in (session.token, session.confirmed_token)
        upstream.log_in(session.email)
    return len(expired)


def everything_adds_up(facts) -> None:
    """A request is an attempt, and an attempt is counted; who goes on is counted when that has ended."""
    assert RefreshAttempt.objects.count() == facts["page_requests"]
    assert not RefreshAttempt.objects.filter(outcome__in=["running", "interrupted"]).exists()
    assert not RefreshAttempt.objects.exclude(stray_token="").exists()
    assert not CheckinSession.objects.filter(lease_token__isnull=False).exists()
    for run in RefreshRun.objects.all():
        assert (run.done, run.skipped, run.total) == (run.total, 0, SESSIONS)
    expired = RefreshAttempt.objects.filter(outcome="expired").count()
    assert RefreshRun.objects.aggregate(Sum("expired"))["expired__sum"] == expired
    assert len(queued_mails("cto_checkin_expired")) == logins_to_ask_for()


def logins_to_ask_for() -> int:
    """How often a session began to need a login: it had expired, or its page was another user's."""
    alerts = 0
    needing: set[object] = set()
    attempts = RefreshAttempt.objects.order_by("id").values_list("session_id", "outcome", "error")
    for session_id, outcome, error in attempts:
        if outcome == "expired" or error == OTHER_USER:
            alerts += session_id not in needing
            needing.add(session_id)
        if outcome in {"normal", "expired"}:  # whose session has expired logs in before the next round
            needing.discard(session_id)
    return alerts


def every_session_is_as_the_upstream_has_it(upstream) -> None:
    users = upstream.users()
    for session in CheckinSession.objects.all():
        good = users[session.email]["token"]
        match session.status:
            case "normal":
                assert session.token == good
                assert (session.error, session.confirmed_number) == (None, session.token_number)
            case "failed":
                # An answer that never came may have had a token; an error page may have brought an anonymous one.
                assert good in (session.token, session.confirmed_token) or an_answer_was_lost(session)
            case None:
                assert session.token == good  # logged in anew a moment ago
            case _:
                pytest.fail(f"{session.status}: {session.error}")


def an_answer_was_lost(session: CheckinSession) -> bool:
    """Whether an attempt since the last good one brought no answer at all."""
    attempts = RefreshAttempt.objects.filter(session=session).order_by("-id").values_list("outcome", "error")
    failures = takewhile(lambda attempt: attempt[0] == "failed", attempts)
    return any("broke the connection" in error or "was not done in time" in error for _, error in failures)


def what_is_left_heals(upstream) -> None:
    """With an upstream that behaves, only those whose new token never reached us have to log in."""
    users = upstream.users()
    lost = {
        session.email
        for session in CheckinSession.objects.all()
        if users[session.email]["token"] not in (session.token, session.confirmed_token)
    }
    upstream.set_rates({})

    run = services.refresh_all(wait_seconds=300)

    assert (run.normal, run.expired, run.failed) == (SESSIONS - len(lost), len(lost), 0)
    assert set(CheckinSession.objects.filter(status="expired").values_list("email", flat=True)) == lost
    tokens = {email: user["token"] for email, user in upstream.users().items() if email not in lost}
    assert dict(CheckinSession.objects.filter(status="normal").values_list("email", "token")) == tokens
