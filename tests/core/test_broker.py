"""A broker that is away costs a request a moment, never an error."""

import time

import pytest
import redis
from celery import current_app
from django.db import transaction

from core import asking, outbox, telling
from core.outbox import tasks, waking
from core.outbox.waking import Wake
from core.redis import client
from devstack.ports import free_port
from tests.servers import hanging


@pytest.fixture
def broker(private_valkey, monkeypatch):
    """The Celery app, publishing to a Valkey of this test's own."""
    monkeypatch.setenv("CELERY_BROKER_URL", private_valkey.database_url(1))
    app = type(current_app._get_current_object())("test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    monkeypatch.setattr(asking, "current_app", app)
    yield private_valkey
    app.close()


@pytest.fixture
def wake(caplog):
    """Wake a relay: how long that took, in seconds, and whether it worked."""

    def wake():
        caplog.clear()
        waking.answer("test.one")
        began = time.monotonic()
        Wake("test.one")()
        return time.monotonic() - began, "asking_failed" not in caplog.text

    return wake


@pytest.fixture
def marks_on_the_broker(broker, settings):
    """Where there is one server for all, the marks of what was asked for go down with the broker."""
    settings.REDIS_URL = broker.database_url(0)
    client.cache_clear()
    yield
    client.cache_clear()


def test_where_one_server_is_all_it_is_waited_for_two_seconds_at_most(broker, marks_on_the_broker, wake):
    assert wake()[1]
    with hanging(broker):
        seconds, worked = wake()
    assert not worked
    assert seconds < 2.5


def test_it_is_waited_for_a_second_at_most(broker, wake):
    assert wake()[1]
    with hanging(broker):
        seconds, worked = wake()
    assert not worked
    assert 0.9 < seconds < 2

    broker.kill()
    attempts = [wake() for _ in range(5)]
    assert not any(worked for _, worked in attempts)
    assert min(seconds for seconds, _ in attempts) < 0.5

    broker.start()
    assert wake()[1]


@pytest.fixture
def messages(broker):
    """How many messages wait for the workers."""
    with asking.current_app.connection_for_write() as connection:
        yield lambda: connection.default_channel.client.llen(asking.current_app.conf.task_default_queue)


def test_while_a_message_waits_no_other_is_sent(messages):
    for _ in range(5):
        Wake("test.one")()
    Wake("test.two")()
    assert messages() == 2


def test_once_a_relay_is_about_to_look_the_next_one_needs_a_message_of_its_own(messages):
    Wake("test.one")()
    waking.answer("test.one")
    Wake("test.one")()
    assert messages() == 2


def test_a_message_that_could_not_be_sent_is_not_taken_for_one_that_waits(broker, messages):
    broker.kill()
    Wake("test.one")()
    broker.start()
    Wake("test.one")()
    assert messages() == 1


def test_without_redis_a_message_is_sent_all_the_same(messages, monkeypatch):
    monkeypatch.setattr(telling, "client", lambda: redis.Redis.from_url(f"redis://127.0.0.1:{free_port()}"))
    Wake("test.one")()
    Wake("test.one")()
    assert messages() == 2


def test_the_relay_task_answers_before_it_looks(messages, inbox, in_scope):
    with transaction.atomic():
        outbox.publish("test.one", {})
    Wake("test.one")()
    assert tasks.relay_topic("test.one") is None
    assert len(inbox.events) == 1
    before = messages()
    Wake("test.one")()
    assert messages() == before + 1
