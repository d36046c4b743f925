"""A refresh, and everything that may go wrong with it, at a real server."""

import pytest

from checkin.upstream import Verdict
from checkin.upstream.breaking import Breaker
from core.version import VERSION
from devstack.upstream.faults import ROTATING, PageFault
from tests.checkin.upstream.refreshes import in_sequence, refresh

EMAIL = "alice@demo.test"
BROKEN = "broke the connection before it answered"
ENDINGS = {
    PageFault.TOO_MANY: "answered 429",
    PageFault.ERROR: "answered 500",
    PageFault.ERROR_ROTATED: "answered 500",
    PageFault.ERROR_ANONYMOUS: "answered 500",
    PageFault.HANG: "was not done in time",
    PageFault.HANG_BODY: "was not done in time",
    PageFault.DROP: BROKEN,
    PageFault.DROP_ROTATED: BROKEN,
    PageFault.HALF: "sent half a page",
    PageFault.GARBAGE: "sent a page that we do not know",
    PageFault.NO_TITLE: "sent a page that we do not know",
    PageFault.NO_COOKIE: "showed the user's page, and sent no new token with it",
    PageFault.HUGE: "sent a page of more than 1 MB",
    PageFault.REDIRECT: "answered 302 and sends us to another page, where we do not go",
}


@pytest.fixture
def token(upstream) -> str:
    return upstream.add_user(EMAIL)


def test_a_good_token_is_exchanged_for_a_new_one_that_is_kept(upstream, token):
    done = refresh(EMAIL, token)
    assert (done.answer.verdict, done.answer.error, done.answer.was_tried) == (Verdict.NORMAL, None, True)
    assert not done.answer.is_upstreams_fault
    assert done.kept == [done.answer.new_token] == [upstream.user(EMAIL)["token"]]
    assert done.answer.new_token != token


def test_the_new_token_is_good_for_the_next_time_and_the_old_one_is_not(upstream, token):
    first = refresh(EMAIL, token)
    assert refresh(EMAIL, first.answer.new_token).answer.verdict == Verdict.NORMAL
    assert refresh(EMAIL, token).answer.verdict == Verdict.EXPIRED
    assert upstream.user(EMAIL)["refreshed"] == 2


def test_an_address_in_other_letters_is_the_same_user(upstream):
    token = upstream.add_user("Bob.O'Neill+x@Demo.Test")
    assert refresh("bob.o'neill+x@demo.test", token).answer.verdict == Verdict.NORMAL


@pytest.mark.parametrize("how", ["expired before", "expires now", "never known"])
def test_a_token_that_is_not_good_has_expired_and_that_is_not_the_upstreams_fault(upstream, token, how):
    if how == "expired before":
        upstream.expire(EMAIL)
    elif how == "expires now":
        upstream.set_fault(EMAIL, PageFault.EXPIRED)
    answer = refresh(EMAIL, "eyJuZXZlci" if how == "never known" else token).answer
    assert (answer.verdict, answer.error) == (Verdict.EXPIRED, "The session has expired: log in again.")
    assert (answer.is_upstreams_fault, answer.was_tried) == (False, True)


def test_the_anonymous_token_of_the_login_page_is_kept_and_told_but_is_nobodys(upstream, token):
    upstream.expire(EMAIL)
    done = refresh(EMAIL, token)
    assert done.kept == [done.answer.new_token]
    assert upstream.user(EMAIL)["token"] is None
    assert refresh(EMAIL, done.answer.new_token).answer.verdict == Verdict.EXPIRED


def test_another_users_page_is_a_failure_of_the_session(upstream, token):
    upstream.set_fault(EMAIL, PageFault.WRONG_EMAIL)
    done = refresh(EMAIL, token)
    assert (done.answer.verdict, done.answer.error) == (
        Verdict.FAILED,
        "The page is another user's: log in again.",
    )
    assert not done.answer.is_upstreams_fault
    assert done.kept == [upstream.user(EMAIL)["token"]]


@pytest.mark.parametrize("fault", ENDINGS)
def test_a_fault_of_the_upstream_is_told_in_words_and_no_token_is_lost(upstream, token, settings, fault):
    settings.CHECKIN_TIMEOUT_SECONDS = 0.5 if fault in (PageFault.HANG, PageFault.HANG_BODY) else 10
    upstream.set_fault(EMAIL, fault)
    done = refresh(EMAIL, token)
    host = upstream.url.removeprefix("http://")
    assert (done.answer.verdict, done.answer.error) == (Verdict.FAILED, f"{host} {ENDINGS[fault]}.")
    assert (done.answer.is_upstreams_fault, done.answer.was_tried) == (True, True)
    assert upstream.facts()["page_requests"] == 1
    good = upstream.user(EMAIL)["token"]
    if fault is PageFault.DROP_ROTATED:
        assert (done.kept, good == token) == ([], False)  # nobody could know it
    elif fault is PageFault.ERROR_ANONYMOUS:
        assert (len(done.kept), good) == (1, token)
    else:
        assert (good != token) == (fault in ROTATING)
        assert done.kept == ([good] if fault in ROTATING else [])
    assert done.kept == ([done.answer.new_token] if done.answer.new_token else [])


def test_every_fault_is_tested_here():
    assert set(PageFault) - set(ENDINGS) == {PageFault.EXPIRED, PageFault.WRONG_EMAIL, PageFault.SLOW}


def test_a_slow_upstream_is_waited_for(upstream, token):
    upstream.set_pace(latency_seconds=0.05, slow_seconds=0.2)
    upstream.set_fault(EMAIL, PageFault.SLOW)
    assert refresh(EMAIL, token).answer.verdict == Verdict.NORMAL


def test_one_that_is_too_slow_is_not(upstream, token, settings):
    settings.CHECKIN_TIMEOUT_SECONDS = 0.3
    upstream.set_pace(slow_seconds=30)
    upstream.set_fault(EMAIL, PageFault.SLOW)
    assert refresh(EMAIL, token).answer.error.endswith("was not done in time.")
    assert upstream.user(EMAIL)["token"] == token
    assert upstream.facts()["in_flight"] == 0


@pytest.mark.parametrize(("said", "seconds"), [("17", 17.0), (None, None), ("soon", None), ("-3", None)])
def test_how_long_the_upstream_asks_us_to_wait_is_told(upstream, token, said, seconds):
    upstream.set_pace(retry_after=said)
    upstream.set_fault(EMAIL, PageFault.TOO_MANY)
    assert refresh(EMAIL, token).answer.wait_seconds == seconds


def test_a_host_that_is_not_there_cannot_be_reached(upstream, settings):
    settings.CHECKIN_URL = "http://127.0.0.1:9"
    done = refresh(EMAIL, "eyJ")
    assert done.answer.error == "127.0.0.1:9 cannot be reached."
    assert (done.answer.is_upstreams_fault, done.kept) == (True, [])


@pytest.mark.parametrize("token", ["", "a b", "a;b", "a\r\nX: y", "é", "\0", "a" * 4097])
def test_a_token_that_would_forge_a_header_is_not_sent(upstream, token):
    answer = refresh(EMAIL, token).answer
    assert (answer.verdict, answer.was_tried, answer.is_upstreams_fault) == (Verdict.FAILED, True, False)
    assert upstream.facts()["page_requests"] == 0


def test_the_upstream_is_told_who_asks(upstream, token):
    refresh(EMAIL, token)
    assert upstream.facts()["user_agents"] == [f"Switchboard/{VERSION} (+http://localhost:8000)"]


def test_a_request_whose_connection_breaks_is_not_sent_again_on_another(upstream, token):
    """A GET that a client repeats by itself would come back with a login page: its token is used up."""
    bob = upstream.add_user("bob@demo.test")
    upstream.set_fault("bob@demo.test", PageFault.DROP_ROTATED)
    emails = iter([(EMAIL, token), ("bob@demo.test", bob)])
    answers = in_sequence(emails)
    assert [answer.verdict for answer in answers] == [Verdict.NORMAL, Verdict.FAILED]
    assert upstream.user("bob@demo.test")["asked"] == 1


def test_no_users_cookie_is_ever_sent_with_another_users_request(upstream):
    tokens = upstream.set_users(f"user{number}@demo.test" for number in range(20))
    answers = in_sequence(iter(tokens.items()))
    assert {answer.verdict for answer in answers} == {Verdict.NORMAL}
    assert {user["refreshed"] for user in upstream.users().values()} == {1}


def test_a_breaker_that_is_open_when_the_turn_comes_sends_nothing(upstream, token, monkeypatch):
    monkeypatch.setattr(Breaker, "begin", lambda _: None)
    answer = refresh(EMAIL, token).answer
    assert (answer.was_tried, answer.is_upstreams_fault) == (False, True)
    assert upstream.facts()["page_requests"] == 0
