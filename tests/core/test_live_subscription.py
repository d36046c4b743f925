"""The one subscription of a process, whatever happens to Redis."""

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import redis

from core.live import subscription as module
from core.live.messages import LiveEvent, channel_of, encode
from core.live.subscription import Subscription
from tests.servers import hanging

ORGANIZATION = uuid4()
MESSAGE = encode([LiveEvent("1", "profile.logged_out", b"{}")])


class Heard:
    """Stands where the streams are, and notes what they would be told."""

    def __init__(self) -> None:
        self.messages = []
        self.gaps = []

    def deliver(self, organization_id, message):
        if message == b"nonsense":
            raise ValueError("This is none of ours.")
        self.messages.append((organization_id, message))

    def tell_of_gap(self, *, since):
        self.gaps.append(since)


async def soon(ask):
    """Wait until the answer is true."""
    async with asyncio.timeout(10):
        while not ask():
            await asyncio.sleep(0.02)


@pytest.fixture
def follow(private_valkey, settings, monkeypatch):
    """Run a scenario while a subscription follows a Redis of this test's own."""
    settings.REDIS_URL = private_valkey.database_url(0)
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)

    def follow(scenario):
        async def run():
            heard = Heard()
            subscription = Subscription(heard)
            following = asyncio.ensure_future(subscription.follow())
            await soon(subscription.is_on.is_set)
            await scenario(subscription, heard)
            assert not following.done()
            following.cancel()
            await asyncio.wait({following})

        asyncio.run(run())

    return follow


def publish(private_valkey, message=MESSAGE, channel=None):
    with redis.Redis.from_url(private_valkey.database_url(0)) as client:
        assert client.publish(channel or channel_of(ORGANIZATION), message) == 1


def pings(private_valkey):
    """How often Redis was asked whether it is there."""
    with redis.Redis.from_url(private_valkey.database_url(0)) as client:
        return client.info("commandstats").get("cmdstat_ping", {"calls": 0})["calls"]


def test_a_quiet_redis_is_no_reason_to_start_anew(follow, private_valkey):
    async def scenario(subscription, heard):
        await soon(lambda: pings(private_valkey) >= 3)
        assert subscription.is_on.is_set()
        publish(private_valkey)
        await soon(lambda: heard.messages == [(ORGANIZATION, MESSAGE)])
        assert heard.gaps == []

    follow(scenario)


def test_what_others_publish_is_passed_over(follow, private_valkey):
    async def scenario(subscription, heard):
        publish(private_valkey, channel="live:nobody")
        publish(private_valkey, b"nonsense")
        publish(private_valkey)
        await soon(lambda: heard.messages == [(ORGANIZATION, MESSAGE)])
        assert subscription.is_on.is_set()

    follow(scenario)


@contextmanager
def killed(server):
    server.kill()
    yield
    server.start()


@pytest.mark.parametrize("away", [killed, hanging])
def test_a_redis_that_was_away_leaves_a_gap_that_is_told_once(away, follow, private_valkey):
    async def scenario(subscription, heard):
        publish(private_valkey)
        await soon(lambda: heard.messages)
        before = datetime.now(UTC)
        with away(private_valkey):
            await soon(lambda: not subscription.is_on.is_set())
            assert heard.gaps == []
        await soon(subscription.is_on.is_set)
        [since] = heard.gaps
        assert before.timestamp() - 1 < since.timestamp() < datetime.now(UTC).timestamp()
        heard.messages.clear()
        publish(private_valkey)
        await soon(lambda: heard.messages == [(ORGANIZATION, MESSAGE)])

    follow(scenario)
