"""Limits are exact, truthful, and fair to the rest of the organization."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from core import gate
from core.errors import RateLimited, Unavailable
from core.gate import Limit, Per
from core.redis import client as redis_client
from core.testing.waiting import eventually
from tests.core.probes import ProbeCredentials


@pytest.fixture
def no_redis(settings):
    """A Redis that is not there."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis_client.cache_clear()
    gate._script.cache_clear()
    yield
    redis_client.cache_clear()
    gate._script.cache_clear()


def hit(*limits: Limit, address: str = "192.0.2.1") -> gate.Admission:
    return gate.admit(None, limits, address=address)


def test_sixteen_threads_pass_exactly_as_often_as_the_limit_says():
    limit = Limit("race", requests=100, window_seconds=3600)
    start = threading.Barrier(16)

    def hits() -> int:
        start.wait()
        return sum(hit(limit).standings[0].wait_seconds == 0 for _ in range(50))

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: hits(), range(16))) == 100


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls("tests.core.probes")
def test_sixteen_threads_of_requests_pass_exactly_as_often_and_headers_count_down(ours):
    start = threading.Barrier(16)

    def requests() -> list[tuple[int, int]]:
        caller = APIClient(headers={"X-Probe": "demo"})
        start.wait()
        answers = [caller.get("/probe") for _ in range(50)]
        connection.close()
        return [(one.status_code, int(one["X-RateLimit-Remaining"])) for one in answers]

    with ThreadPoolExecutor(16) as pool:
        answers = [one for some in pool.map(lambda _: requests(), range(16)) for one in some]
    passed = sorted((remaining for status, remaining in answers if status == 200), reverse=True)
    assert passed == list(range(99, -1, -1))
    assert [remaining for status, remaining in answers if status == 429] == [0] * 700


@pytest.mark.django_db
@pytest.mark.urls("tests.core.probes")
def test_a_refusal_says_when_to_come_back(ours, one_request_an_hour):
    caller = APIClient(headers={"X-Probe": "demo"})
    assert caller.get("/probe").status_code == 200
    answer = caller.get("/probe")
    assert answer.status_code == 429
    assert answer["X-RateLimit-Limit"] == "1"
    assert answer["X-RateLimit-Remaining"] == "0"
    assert 0 < int(answer["Retry-After"]) <= 7200
    assert abs(int(answer["X-RateLimit-Reset"]) - time.time() - int(answer["Retry-After"])) <= 2
    assert answer.json()["detail"].startswith("Rate limit exceeded: 1 request per 3,600 seconds.")


@pytest.fixture
def one_request_an_hour(monkeypatch):
    monkeypatch.setattr("tests.core.probes.PROBE_LIMIT", Limit("probe", requests=1, window_seconds=3600))


def test_all_answers_of_a_window_tell_one_reset_and_from_then_on_a_retry_passes():
    limit = Limit("reset", requests=3, window_seconds=2)

    def six() -> list[gate.Standing]:
        """Nothing if a window ended meanwhile."""
        redis_client().delete("limit:reset:address:192.0.2.1")
        window = redis_client().time()[0] // 2
        told = [hit(limit).standings[0] for _ in range(6)]
        return told if redis_client().time()[0] // 2 == window else []

    told = eventually(six)
    passed, refused = told[:3], told[3:]
    assert [one.wait_seconds for one in passed] == [0, 0, 0]
    assert all(0 < one.wait_seconds <= 2 for one in refused)
    assert len({one.reset_at for one in told}) == 1
    eventually(lambda: redis_client().time()[0] >= told[0].reset_at)
    assert hit(limit).standings[0].wait_seconds == 0


@pytest.mark.parametrize("requests", [1, 3, 4])
def test_a_wait_is_told_to_the_millisecond_whatever_was_counted(requests):
    """Each state of a window of seven milliseconds, on a clock that stands: told is the first at which it passes."""
    length, key = 7, "limit:stands"
    source = Path(gate.__file__).with_name("gate.lua").read_text()
    assert source.count("redis.call('TIME')") == 1
    script = redis_client().register_script(source.replace("redis.call('TIME')", "{0, redis.call('GET', 'stands')}"))

    def told(at: int, previous: int, current: int) -> tuple[int, int]:
        """Until when, in milliseconds, and how long one has to wait."""
        redis_client().set("stands", at * 1000)
        redis_client().delete(key)
        redis_client().hset(key, mapping={"window": 10, "current": current, "previous": previous})
        *_, reset, wait = script(keys=["identity:nobody", key], args=[requests, length, 1])
        return reset, wait

    for previous, current in product(range(requests + 1), repeat=2):
        waits = {at: told(at, previous, current) for at in range(10 * length, 12 * length)}
        for at in range(10 * length, 11 * length):
            reset, wait = waits[at]
            passes = next(later for later in range(at, 12 * length) if waits[later][1] == 0)
            assert (wait, reset) == (passes - at, passes if wait else 11 * length), (at, previous, current)


def test_a_caller_refused_by_his_own_limit_uses_up_nothing_of_the_shared_one():
    own = Limit("own", requests=1, window_seconds=3600, per=Per.CALLER)
    shared = Limit("shared", requests=10, window_seconds=3600, per=Per.ADDRESS)
    for _ in range(5):
        hit(own, shared)
    assert hit(shared).standings[0].remaining == 8


def test_two_callers_do_not_share_a_limit():
    limit = Limit("each", requests=1, window_seconds=3600)
    assert hit(limit, address="192.0.2.1").standings[0].wait_seconds == 0
    assert hit(limit, address="192.0.2.2").standings[0].wait_seconds == 0
    assert hit(limit, address="192.0.2.1").standings[0].wait_seconds > 0


def test_an_ipv6_network_counts_as_one_address():
    limit = Limit("network", requests=1, window_seconds=3600, per=Per.ADDRESS)
    assert hit(limit, address="2001:db8:0:1::1").tightest.wait_seconds == 0
    assert hit(limit, address="2001:db8:0:1:ffff::2").tightest.wait_seconds > 0
    assert hit(limit, address="2001:db8:0:2::1").tightest.wait_seconds == 0


@pytest.mark.django_db
def test_made_up_keys_leave_nothing_behind(ours):
    limit = Limit("key", requests=100, window_seconds=3600)
    for number in range(3):
        with pytest.raises(gate.Unauthenticated):
            gate.admit(ProbeCredentials(f"made-up-{number}"), [limit], address="192.0.2.1")
    assert redis_client().keys() == []
    # A key that is looked up for the first time is counted like any other request with it.
    known = ProbeCredentials("demo")
    assert [gate.admit(known, [limit], address="").standings[0].remaining for _ in range(3)] == [99, 98, 97]
    gate.forget(known.identity_key)
    assert gate.admit(known, [limit], address="").standings[0].remaining == 96


def test_the_promised_wait_is_long_enough_and_not_much_longer():
    limit = Limit("short", requests=2, window_seconds=1)
    while (refused := hit(limit)).tightest.wait_seconds == 0:
        pass
    deadline = time.monotonic() + refused.tightest.wait_seconds
    waited = threading.Event()
    waited.wait(deadline - time.monotonic())
    assert hit(limit).tightest.wait_seconds == 0
    assert refused.tightest.wait_seconds <= 2


def test_turned_off_there_are_no_limits(settings):
    settings.RATE_LIMIT_ENABLED = False
    limit = Limit("off", requests=1, window_seconds=3600)
    assert [hit(limit).standings for _ in range(3)] == [[], [], []]


def test_the_tightest_limit_is_the_one_in_the_headers():
    wide = Limit("wide", requests=100, window_seconds=3600)
    narrow = Limit("narrow", requests=5, window_seconds=60)
    assert hit(wide, narrow).tightest.headers()["X-RateLimit-Limit"] == "5"


def test_without_redis_a_request_goes_on_and_is_counted_in_a_metric(no_redis):
    before = gate.redis_failures.labels("admitted")._value.get()
    admission = hit(Limit("any", requests=1, window_seconds=60))
    assert admission.standings == []
    assert gate.redis_failures.labels("admitted")._value.get() == before + 1


def test_what_is_open_to_all_without_limits_does_not_ask_redis(no_redis):
    before = gate.redis_failures.labels("admitted")._value.get()
    assert gate.admit(None, [], address="") == gate.Admission(None, [])
    assert gate.redis_failures.labels("admitted")._value.get() == before


def test_without_redis_an_endpoint_that_needs_its_limit_is_closed(no_redis):
    with pytest.raises(Unavailable):
        gate.admit(None, [], address="", may_go_on_without_redis=False)


@pytest.mark.django_db
def test_without_redis_the_identity_comes_from_the_database(ours, no_redis):
    admission = gate.admit(ProbeCredentials("demo"), [], address="")
    assert admission.actor.organization_id == ours.organization.pk


@pytest.mark.django_db
def test_a_forgotten_identity_is_read_anew(ours):
    credentials = ProbeCredentials("demo")
    gate.admit(credentials, [], address="")
    ours.organization.slug = "renamed"
    ours.organization.save()
    assert gate.admit(credentials, [], address="").actor is not None
    gate.forget(credentials.identity_key)
    with pytest.raises(gate.Unauthenticated):
        gate.admit(credentials, [], address="")


def test_room_is_required_by_raising():
    limit = Limit("one", requests=1, window_seconds=3600)
    hit(limit).require_room()
    with pytest.raises(RateLimited):
        hit(limit).require_room()
