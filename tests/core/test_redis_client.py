"""Redis is asked quickly or not at all: requests go on without it."""

import time

import pytest
from redis import RedisError

from core import redis
from tests.servers import hanging


@pytest.fixture
def client(private_valkey, settings):
    """The process's client, of a Valkey of this test's own."""
    settings.REDIS_URL = private_valkey.database_url(0)
    redis.client.cache_clear()
    with redis.client() as client:
        yield client
    redis.client.cache_clear()


def seconds_until_given_up(client) -> float:
    began = time.monotonic()
    with pytest.raises(RedisError):
        client.get("key")
    return time.monotonic() - began


def test_one_that_hangs_is_given_up_after_a_second_and_one_that_is_gone_at_once(client, private_valkey):
    client.set("key", 1)
    with hanging(private_valkey):
        assert any(seconds_until_given_up(client) < 2 for _ in range(3))
    private_valkey.kill()
    assert min(seconds_until_given_up(client) for _ in range(5)) < 0.5


def test_a_connection_that_broke_meanwhile_is_replaced(client, private_valkey):
    client.set("key", 1)
    private_valkey.kill()
    private_valkey.start()
    client.set("key", 2)
    assert client.get("key") == b"2"
