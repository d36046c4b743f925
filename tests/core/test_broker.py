"""A broker that is away costs a request a moment, never an error."""

import os
import signal
import time

import pytest
from celery import current_app

from core.outbox import waking
from core.outbox.waking import Wake


@pytest.fixture
def broker(private_valkey, monkeypatch):
    """The Celery app, publishing to a Valkey of this test's own."""
    monkeypatch.setenv("CELERY_BROKER_URL", private_valkey.database_url(1))
    app = type(current_app._get_current_object())("test", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    monkeypatch.setattr(waking, "current_app", app)
    yield private_valkey
    app.close()


@pytest.fixture
def wake(caplog):
    """Wake a relay: how long that took, in seconds, and whether it worked."""

    def wake():
        caplog.clear()
        began = time.monotonic()
        Wake("test.one")()
        return time.monotonic() - began, "outbox_wake_failed" not in caplog.text

    return wake


def test_it_is_waited_for_a_second_at_most(broker, wake):
    assert wake()[1]
    os.kill(broker.process.pid, signal.SIGSTOP)
    try:
        seconds, worked = wake()
    finally:
        os.kill(broker.process.pid, signal.SIGCONT)
    assert not worked
    assert 0.9 < seconds < 2

    broker.kill()
    seconds, worked = wake()
    assert not worked
    assert seconds < 0.5

    broker.start()
    assert wake()[1]
