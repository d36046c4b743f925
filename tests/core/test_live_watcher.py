"""One stream: what is sent when, and whom it is not sent to any more."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.live.frames import HEARTBEAT, OPENING
from core.live.interest import Interest
from core.live.messages import LiveEvent
from core.live.stream import EventStream
from core.live.watcher import BYTES_AT_ONCE, MOST_BYTES_WAITING, Ending, Watcher

LARGE = b"x" * 10_000


class Clock(asyncio.SelectorEventLoop):
    """An event loop whose time stands still until it is moved."""

    now = 1000.0

    def time(self) -> float:
        return self.now


class Reader:
    """Takes what is sent while `takes` is set."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.takes = asyncio.Event()
        self.takes.set()

    async def send(self, message: Any) -> None:
        await self.takes.wait()
        self.got.append(message["body"])


async def turns(number: int = 20) -> None:
    """Let everybody do what he can do now."""
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture
def run():
    """Run a test's coroutine, called with a watcher, its reader and the clock."""

    def run(scenario):
        async def in_loop(clock):
            stream = cast(EventStream, SimpleNamespace(interest=Interest(("profile.*",))))
            watcher, reader = Watcher(stream), Reader()
            writing = asyncio.ensure_future(watcher.write(reader.send))
            await turns()
            assert reader.got == [OPENING]
            reader.got.clear()
            await scenario(watcher, reader, clock)
            writing.cancel()

        with asyncio.Runner(loop_factory=Clock) as runner:
            runner.run(in_loop(runner.get_loop()))

    return run


def test_it_hears_what_it_asked_for(run):
    async def scenario(watcher, reader, clock):
        watcher.hear(LiveEvent("1", "job.ended", b"{}"), b"1")
        watcher.hear(LiveEvent("2", "profile.logged_out", b"{}"), b"2")
        watcher.hear(LiveEvent("3", "profile.deleted", b"{}"), b"3")
        watcher.hear(LiveEvent("4", "profile.deleted", b"{}", frozenset({"somebody else"})), b"4")
        await turns()
        assert reader.got == [b"23"]
        assert watcher.events == 2

    run(scenario)


def test_what_waits_is_sent_in_order_and_in_portions(run):
    async def scenario(watcher, reader, clock):
        for number in range(100):
            watcher.put(bytes([number]) * 10_000)
        await turns(100)
        assert b"".join(reader.got) == b"".join(bytes([number]) * 10_000 for number in range(100))
        assert max(map(len, reader.got)) == BYTES_AT_ONCE // 10_000 * 10_000

    run(scenario)


def test_a_silent_stream_has_a_heartbeat_every_fifteen_seconds(run):
    async def scenario(watcher, reader, clock):
        for passed, beats in ((14.9, 0), (0.1, 1), (14.9, 1), (0.1, 2)):
            clock.now += passed
            watcher.keep_alive()
            await turns()
            assert reader.got == [HEARTBEAT] * beats
        clock.now += 14
        watcher.put(b"event")
        await turns()
        clock.now += 14
        watcher.keep_alive()
        await turns()
        assert reader.got[2:] == [b"event"]

    run(scenario)


def test_who_takes_nothing_for_half_a_minute_is_cut_off(run):
    async def scenario(watcher, reader, clock):
        reader.takes.clear()
        watcher.put(b"event")
        await turns()
        clock.now += 29.9
        watcher.keep_alive()
        assert not watcher.ended.done()
        clock.now += 0.1
        watcher.keep_alive()
        assert watcher.ended.result() is Ending.SLOW

    run(scenario)


def test_who_lets_too_much_pile_up_is_cut_off_and_what_waited_is_forgotten(run):
    async def scenario(watcher, reader, clock):
        reader.takes.clear()
        for _ in range(MOST_BYTES_WAITING // len(LARGE)):
            watcher.put(LARGE)
            await turns(2)
        assert not watcher.ended.done()
        watcher.put(LARGE)
        assert watcher.ended.result() is Ending.SLOW
        watcher.put(b"too late")
        watcher.end(Ending.LEFT)
        assert watcher.ended.result() is Ending.SLOW  # the first reason counts
        reader.takes.set()
        await turns()
        assert len(b"".join(reader.got)) <= BYTES_AT_ONCE

    run(scenario)


def test_who_takes_it_hears_however_much_there_is(run):
    async def scenario(watcher, reader, clock):
        for _ in range(3 * MOST_BYTES_WAITING // len(LARGE)):
            watcher.put(LARGE)
            await turns(4)
        assert not watcher.ended.done()
        assert len(b"".join(reader.got)) == 3 * MOST_BYTES_WAITING

    run(scenario)
