"""A host that keeps failing is left alone for a while, and only then."""

import asyncio

import pytest

from checkin.upstream import PageClient, Verdict, breaking
from checkin.upstream.breaking import (
    LONGEST_QUIET_SECONDS,
    MOST_FAILURES,
    PROBE_SECONDS,
    QUIET_SECONDS,
    Breaker,
    breaker_of,
)
from devstack.upstream.faults import PageFault
from tests.checkin.upstream.refreshes import in_sequence, refresh


@pytest.fixture
def clock(monkeypatch):
    """`clock[0]` is the time."""
    time = [1000.0]
    monkeypatch.setattr(breaking, "now", lambda: time[0])
    return time


@pytest.fixture
def breaker(clock) -> Breaker:
    return Breaker("upstream.example")


def fail(breaker: Breaker, times: int = MOST_FAILURES, **said) -> None:
    for _ in range(times):
        breaker.failed(breaker.begin(), **said)


def test_it_opens_after_several_failures_in_a_row_and_closes_after_a_success(breaker, clock):
    fail(breaker, MOST_FAILURES - 1)
    assert breaker.wait_seconds is None
    fail(breaker, 1)
    assert breaker.wait_seconds == QUIET_SECONDS
    assert breaker.begin() is None
    clock[0] += QUIET_SECONDS
    probe = breaker.begin()
    assert breaker.begin() is None  # one at a time
    assert breaker.wait_seconds == PROBE_SECONDS
    breaker.succeeded(probe)
    assert None not in (breaker.begin(), breaker.begin())


def test_a_probe_that_fails_leaves_it_open_and_one_that_is_given_up_lets_another_try(breaker, clock):
    fail(breaker)
    clock[0] += QUIET_SECONDS
    breaker.failed(breaker.begin())
    assert breaker.begin() is None
    clock[0] += QUIET_SECONDS
    breaker.forget(breaker.begin())
    assert breaker.begin() is not None


def test_a_success_in_between_begins_the_count_anew(breaker):
    fail(breaker, MOST_FAILURES - 1)
    breaker.succeeded(breaker.begin())
    fail(breaker, MOST_FAILURES - 1)
    assert breaker.wait_seconds is None


def test_failures_of_requests_that_began_before_a_success_say_nothing_about_the_host(breaker, clock):
    hanging = [breaker.begin() for _ in range(MOST_FAILURES * 2)]
    clock[0] += 1
    breaker.succeeded(breaker.begin())
    clock[0] += 10
    for one in hanging:
        breaker.failed(one)
    assert breaker.wait_seconds is None


def test_a_host_that_asks_for_a_longer_wait_gets_it_within_reason(breaker, clock):
    fail(breaker, wait_seconds=300)
    assert breaker.wait_seconds == 300
    clock[0] += 300
    breaker.failed(breaker.begin(), wait_seconds=1e9)
    assert breaker.wait_seconds == LONGEST_QUIET_SECONDS


def test_the_rest_is_not_asked_when_the_page_keeps_failing(upstream):
    tokens = upstream.set_users((f"user{number}@demo.test" for number in range(20)), fault=PageFault.ERROR)
    answers = in_sequence(tokens.items())
    tried = [answer for answer in answers if answer.was_tried]
    assert len(tried) == MOST_FAILURES == upstream.facts()["page_requests"]
    for answer in answers[MOST_FAILURES:]:
        assert answer.error.endswith("failed several times in a row and is left alone for a while.")
        assert (answer.verdict, answer.is_upstreams_fault) == (Verdict.FAILED, True)
        assert 59 < answer.wait_seconds <= 60


def test_the_page_is_asked_again_after_the_quiet_time(upstream, clock):
    tokens = upstream.set_users((f"user{number}@demo.test" for number in range(MOST_FAILURES)), fault=PageFault.ERROR)
    in_sequence(tokens.items())
    token = upstream.add_user("alice@demo.test")
    assert not refresh("alice@demo.test", token).answer.was_tried
    clock[0] += QUIET_SECONDS
    assert refresh("alice@demo.test", token).answer.verdict == Verdict.NORMAL


@pytest.mark.parametrize("fault", [PageFault.EXPIRED, PageFault.WRONG_EMAIL])
def test_sessions_that_are_not_good_are_not_the_upstreams_failures(upstream, fault):
    tokens = upstream.set_users((f"user{number}@demo.test" for number in range(MOST_FAILURES * 2)), fault=fault)
    assert all(answer.was_tried for answer in in_sequence(tokens.items()))
    assert upstream.facts()["page_requests"] == MOST_FAILURES * 2


def test_a_refresh_that_is_cancelled_while_it_probes_lets_another_try(upstream, clock):
    token = upstream.add_user("alice@demo.test", fault=PageFault.HANG)
    breaker = breaker_of(upstream.url.removeprefix("http://"))
    fail(breaker)
    clock[0] += QUIET_SECONDS

    async def run():
        async with PageClient() as client:
            task = asyncio.create_task(client.refresh(email="alice@demo.test", token=token, keep=lambda _: None))
            while (await asyncio.to_thread(upstream.facts))["in_flight"] == 0:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert breaker.begin() is not None
