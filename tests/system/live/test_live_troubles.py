"""Many streams, readers who do not keep up, Redis restarted, and the end of the process."""

import time

import httpx
import pytest

from core import redis
from core.testing.waiting import eventually
from tests.system.live.client import bearer, endings, happens, log_of, much_happens

pytestmark = [pytest.mark.system, pytest.mark.django_db(transaction=True)]


def test_many_streams_share_one_subscription(ours, theirs, own_redis, live, watch, login):
    people = [ours.admin, ours.client, ours.agent, theirs.admin, theirs.client]
    logins = [bearer(login(person)["access"]) for person in people]
    streams = [watch(**each) for each in logins for _ in range(10)]
    assert {stream.status for stream in streams} == {200}
    subscribed = [one for one in redis.client().client_list() if int(one["psub"]) + int(one["sub"]) > 0]
    assert len(subscribed) == 1
    assert subscribed[0]["psub"] == "1"
    happens(ours, id=1)
    happens(theirs, id=2)
    assert [stream.next()[1]["id"] for stream in streams] == [1] * 30 + [2] * 20


def test_streams_outlive_redis_and_are_told_of_the_gap(ours, own_redis, live, watch, login):
    access = bearer(login(ours.admin)["access"])
    stream = watch(**access)
    happens(ours, id=1)
    assert stream.next()[1] == {"id": 1}
    own_redis.kill()
    eventually(lambda: "live_events_interrupted" in {line["event"] for line in log_of(live)})
    happens(ours, id=2)  # nobody can hear it
    late = watch(**access)
    assert late.status == 200
    own_redis.start()
    for one in (stream, late):
        name, data = one.next()
        assert (name, list(data)) == ("live.gap", ["since"])
    happens(ours, id=3)
    assert stream.next() == late.next() == ("profile.logged_out", {"id": 3})
    assert endings(live) == []


def read_to_the_end(connection):
    while connection.recv(1_000_000):
        pass


def test_who_does_not_keep_up_is_cut_off_and_nobody_else_notices(ours, live, stuck, watch, login, ask):
    slow = stuck(login(ours.client)["access"])
    quick = watch(**bearer(login(ours.admin)["access"]))
    for _ in range(30):
        much_happens(ours, events=50, size=10_000)
        assert [quick.next()[1]["id"] for _ in range(50)] == list(range(50))
    eventually(lambda: endings(live) == ["slow"])
    with pytest.raises(ConnectionResetError):
        read_to_the_end(slow)
    eventually(lambda: "switchboard_live_streams 1.0\n" in ask("/metrics", **bearer("demo-metrics-token")).text)


def test_a_large_batch_is_no_reason_to_cut_anybody_off(ours, live, watch, login):
    streams = [watch(**bearer(login(person)["access"])) for person in (ours.admin, ours.client)]
    much_happens(ours, events=10_000, size=300)
    for stream in streams:
        assert [stream.next()[1]["id"] for _ in range(10_000)] == list(range(10_000))


def test_sigterm_ends_the_streams_and_the_process(ours, live, stuck, watch, login, ask):
    streams = [watch(), watch(**bearer(login(ours.admin)["access"]))]
    stuck(login(ours.client)["access"])
    much_happens(ours, events=100, size=50_000)
    began = time.monotonic()
    live.ask_to_stop()
    for stream in streams:
        while stream.next():
            pass  # and then it ends as it should, not in the middle of a chunk
    live.wait_stopped(seconds=10)
    assert time.monotonic() - began < 4
    assert live.exit_code == 0
    with pytest.raises(httpx.ConnectError):
        ask("/livez")
    assert endings(live) == ["stopping"] * 3
