"""Whatever the upstream does, the session ends in a state that is true, and no token that we were given is lost."""

from datetime import timedelta

import pytest

from checkin import services
from checkin.models import CheckinSession, RefreshAttempt
from devstack.upstream.faults import PageFault
from tests.checkin.refreshing.conftest import EMAIL

# What the session's error says; whether our token is the upstream's afterwards; and how the next refresh ends.
FAILURES = {
    PageFault.TOO_MANY: ("answered 429", True, "normal"),
    PageFault.ERROR: ("answered 500", True, "normal"),
    PageFault.ERROR_ROTATED: ("answered 500", True, "normal"),
    PageFault.ERROR_ANONYMOUS: ("answered 500", False, "normal"),
    PageFault.HANG: ("was not done in time", True, "normal"),
    PageFault.HANG_BODY: ("was not done in time", True, "normal"),
    PageFault.DROP: ("broke the connection", True, "normal"),
    PageFault.DROP_ROTATED: ("broke the connection", False, "expired"),
    PageFault.HALF: ("half a page", True, "normal"),
    PageFault.GARBAGE: ("a page that we do not know", None, "normal"),
    PageFault.WRONG_EMAIL: ("another user's", True, "normal"),
    PageFault.NO_TITLE: ("a page that we do not know", True, "normal"),
    PageFault.NO_COOKIE: ("no new token", True, "normal"),
    PageFault.HUGE: ("more than 1 MB", True, "normal"),
    PageFault.REDIRECT: ("sends us to another page", True, "normal"),
}


def test_every_fault_is_tried():
    assert {*FAILURES, PageFault.SLOW, PageFault.EXPIRED} == set(PageFault)


@pytest.mark.parametrize("fault", FAILURES)
def test_a_failure_is_told_kept_and_survived(fault, ada, upstream, settings):
    error, has_upstreams_token, next_status = FAILURES[fault]
    upstream.set_fault(EMAIL, fault)

    run = services.refresh_all()

    ada.refresh_from_db()
    assert (run.failed, run.done, run.total) == (1, 1, 1)
    assert (ada.status, ada.failure_count, ada.last_refreshed_at) == ("failed", 1, None)
    assert error in ada.error
    if has_upstreams_token is not None:
        assert (ada.token == upstream.user(EMAIL)["token"]) == has_upstreams_token
    assert ada.next_refresh_at >= ada.attempted_at + timedelta(seconds=settings.CHECKIN_REFRESH_SECONDS - 1)
    assert RefreshAttempt.objects.get().error == ada.error

    upstream.set_fault(EMAIL, None)
    services.refresh_one(email=EMAIL)

    ada.refresh_from_db()
    assert ada.status == next_status
    if next_status == "normal":
        assert (ada.token, ada.error, ada.failure_count) == (upstream.user(EMAIL)["token"], None, 0)
        assert (ada.confirmed_token, ada.confirmed_number) == ("", ada.token_number)
    else:
        assert "log in again" in ada.error
        assert "The refresh before this one had failed" in ada.error


def test_a_login_after_several_failures_says_how_many_there_were(ada, upstream):
    """The first of them may have lost the token, whatever the last one says."""
    CheckinSession.objects.update(status="failed", error="The upstream answered 500.", failure_count=3)
    upstream.expire(EMAIL)

    services.refresh_all()

    ada.refresh_from_db()
    assert ada.status == "expired"
    assert ada.error.endswith("The 3 refreshes before this one had failed, the last one so: The upstream answered 500.")


def test_a_slow_answer_is_an_answer(ada, upstream):
    upstream.set_pace(slow_seconds=0.3)
    upstream.set_fault(EMAIL, PageFault.SLOW)

    assert services.refresh_all().normal == 1
    ada.refresh_from_db()
    assert ada.token == upstream.user(EMAIL)["token"]


def test_an_expired_session_is_left_with_the_token_that_was_the_users(ada, upstream):
    token = ada.token
    upstream.set_fault(EMAIL, PageFault.EXPIRED)

    run = services.refresh_all()

    ada.refresh_from_db()
    assert (run.expired, run.done) == (1, 1)
    assert (ada.status, ada.error) == ("expired", "The session has expired: log in again.")
    assert (ada.token, ada.confirmed_token) == (token, "")
    assert ada.expired_at == ada.attempted_at
    assert services.refresh_all().total == 0


def test_a_login_page_after_an_error_page_is_not_the_last_word(ada, upstream):
    """The error page's token was an anonymous one: the one before it is good, and is tried in the same run."""
    token = ada.token
    upstream.set_fault(EMAIL, PageFault.ERROR_ANONYMOUS)
    services.refresh_all()
    upstream.set_fault(EMAIL, None)
    upstream.forget()

    run = services.refresh_all()

    assert (run.normal, run.done, run.total) == (1, 1, 1)
    assert upstream.facts()["page_requests"] == 2
    outcomes = RefreshAttempt.objects.filter(run=run).order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["failed", "normal"]
    ada.refresh_from_db()
    assert ada.status == "normal"
    assert ada.token == upstream.user(EMAIL)["token"] != token


def test_an_expired_session_that_cannot_be_asked_stays_expired(ada, upstream):
    CheckinSession.objects.update(status="expired", error="The session has expired: log in again.")
    upstream.set_fault(EMAIL, PageFault.ERROR)

    session = services.refresh_one(email=EMAIL)

    assert (session.status, session.error) == ("expired", "The session has expired: log in again.")
    assert RefreshAttempt.objects.latest("id").outcome == "failed"


def test_a_session_taken_for_expired_by_mistake_comes_back_when_somebody_asks(ada, upstream):
    CheckinSession.objects.update(status="expired", error="The session has expired: log in again.")

    session = services.refresh_one(email=EMAIL)

    assert (session.status, session.error) == ("normal", None)


def test_one_who_asks_for_patience_gets_it(ada, upstream):
    upstream.set_pace(retry_after="5000")
    upstream.set_fault(EMAIL, PageFault.TOO_MANY)

    services.refresh_all()

    ada.refresh_from_db()
    assert ada.next_refresh_at - ada.attempted_at == timedelta(seconds=5000)
