"""What goes on beside the streams: it must not end while they go on."""

import asyncio
import os
import signal

import pytest

from core import gate
from core.live import housekeeping
from core.live.housekeeping import Housekeeping
from core.live.hub import Hub

pytestmark = pytest.mark.django_db


@pytest.fixture
def killed(monkeypatch):
    """The signals that this process would have sent itself."""
    signals = []
    monkeypatch.setattr(os, "kill", lambda pid, number: signals.append((pid, number)))
    monkeypatch.setattr(housekeeping, "CONFIRM_SECONDS", 0.01)
    return signals


def keep_house(*, until):
    async def run():
        async with Housekeeping(Hub()), asyncio.timeout(10):
            while not until():
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_it_runs_until_its_block_ends(killed, monkeypatch):
    asked = []
    monkeypatch.setattr(gate, "admit_again", lambda callers: asked.append(callers) or [])
    keep_house(until=lambda: len(asked) == 3)
    assert killed == []


def test_a_bug_in_it_ends_the_process_and_its_streams_with_it(killed, monkeypatch, caplog):
    def fail(_callers):
        raise ZeroDivisionError

    monkeypatch.setattr(gate, "admit_again", fail)
    keep_house(until=lambda: killed)
    assert killed == [(os.getpid(), signal.SIGTERM)]
    assert "live_housekeeping_failed" in caplog.text
