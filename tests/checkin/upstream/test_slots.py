"""The limit of requests at once, over all processes."""

import asyncio
import time
from contextlib import asynccontextmanager

import pytest

from checkin.errors import LimitReached, LimitUnknown
from checkin.upstream import slots
from checkin.upstream.slots import Slots
from core.redis import client
from tests.checkin.upstream.refreshes import refresh

HOST = "upstream.example"


def keys() -> set[bytes]:
    return set(client().keys("checkin:slots:*"))


@asynccontextmanager
async def holding(limit: int, *, request_seconds: float = 5, host: str = HOST):
    """The slots of one process."""
    mine = Slots(host, limit=limit, request_seconds=request_seconds)
    try:
        yield mine
    finally:
        await mine.close()


async def use(mine: Slots, seconds: float, log: list[int], under_way: list[int]) -> None:
    await mine.acquire()
    try:
        under_way[0] += 1
        log.append(under_way[0])
        await asyncio.sleep(seconds)
        under_way[0] -= 1
    finally:
        mine.release()


async def use_many(mine: Slots, count: int, log: list[int], under_way: list[int], seconds: float = 0.01) -> None:
    await asyncio.gather(*(use(mine, seconds, log, under_way) for _ in range(count)))


def test_no_more_than_the_limit_are_given_and_all_of_them_are():
    async def run():
        log = []
        async with holding(7) as mine:
            await use_many(mine, 100, log, [0])
        return log

    log = asyncio.run(run())
    assert (len(log), max(log)) == (100, 7)
    assert keys() == set()


def test_several_processes_share_them():
    """Each has slots of its own, as processes have; the counter is common to all."""

    async def run():
        under_way, logs = [0], [[], [], []]
        async with holding(10) as first, holding(10) as second, holding(10) as third:
            await asyncio.gather(
                *(use_many(mine, 200, log, under_way) for mine, log in zip((first, second, third), logs, strict=True))
            )
        return logs

    logs = asyncio.run(run())
    assert [len(log) for log in logs] == [200, 200, 200]
    assert max(map(max, logs)) == 10


def test_who_comes_later_gets_a_fair_share_soon():
    async def run():
        under_way, logs = [0], ([], [])
        async with holding(10) as first, holding(10) as second:
            greedy = asyncio.create_task(use_many(first, 400, logs[0], under_way, 0.02))
            while len(logs[0]) < 20:
                await asyncio.sleep(0.01)
            done_before = len(logs[0])
            await use_many(second, 50, logs[1], under_way, 0.02)
            others = len(logs[0]) - done_before
            await greedy
        return others, max(map(max, logs))

    others, most = asyncio.run(run())
    assert most == 10
    assert others < 300  # the other 400 did not have to end first


def test_more_processes_than_slots_take_turns():
    async def run():
        under_way, logs = [0], [[], [], [], []]

        async def process(log):
            async with holding(2) as mine:
                await use_many(mine, 15, log, under_way)

        await asyncio.gather(*map(process, logs))
        return logs

    logs = asyncio.run(run())
    assert [len(log) for log in logs] == [15] * 4
    assert max(map(max, logs)) <= 2


def test_hosts_have_limits_of_their_own():
    async def run():
        async with holding(1) as mine, holding(1, host="elsewhere.example") as other:
            await mine.acquire()
            await other.acquire()
            mine.release()
            other.release()

    asyncio.run(run())
    assert keys() == set()


def test_what_a_dead_process_held_is_free_when_its_time_is_over(monkeypatch):
    monkeypatch.setattr(slots, "SPARE_SECONDS", 0.2)

    async def run():
        dead = Slots(HOST, limit=1, request_seconds=0.3)
        await dead.acquire()
        dead._keeper.cancel()
        async with holding(1, request_seconds=0.1) as mine:
            began = time.monotonic()
            await mine.acquire()
            mine.release()
            return time.monotonic() - began

    assert 0.3 < asyncio.run(run()) < 10


def test_a_process_that_stood_still_for_too_long_starts_nothing_before_it_has_asked(monkeypatch):
    monkeypatch.setattr(slots, "SPARE_SECONDS", 0.3)

    async def run():
        async with holding(1, request_seconds=0.1) as slow, holding(1, request_seconds=0.1) as other:
            await slow.acquire()
            slow.release()
            slow._keeper.cancel()  # its word no longer reaches Redis
            time.sleep(0.5)
            assert not slow._is_free()
            await other.acquire()
            other.release()

    asyncio.run(run())


def test_a_cancelled_wait_takes_no_slot_away():
    async def run():
        async with holding(1) as mine:
            await mine.acquire()
            waiting = [asyncio.create_task(mine.acquire()) for _ in range(3)]
            await asyncio.sleep(0.01)
            waiting[0].cancel()
            mine.release()
            waiting[1].cancel()  # at the moment in which it may have been given
            await asyncio.gather(*waiting, return_exceptions=True)
            mine.release()
            await asyncio.wait_for(mine.acquire(), 1)
            mine.release()

    asyncio.run(run())
    assert keys() == set()


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(slots, "LONGEST_WAIT_SECONDS", 0.2)

    async def run():
        async with holding(1) as mine, holding(1) as other:
            await mine.acquire()
            with pytest.raises(LimitReached, match="CHECKIN_CONCURRENCY"):
                await other.acquire()
            mine.release()

    asyncio.run(run())
    assert keys() == set()


def test_without_redis_nothing_is_sent(upstream, settings, private_valkey, monkeypatch):
    token = upstream.add_user("alice@demo.test")
    settings.REDIS_URL = private_valkey.url
    client.cache_clear()
    slots._script.cache_clear()
    try:
        private_valkey.kill()
        with pytest.raises(LimitUnknown, match="Redis does not answer"):
            asyncio.run(Slots(HOST, limit=1, request_seconds=1).acquire())
        answer = refresh("alice@demo.test", token).answer
        assert (answer.was_tried, answer.is_upstreams_fault) == (False, False)
        assert upstream.facts()["page_requests"] == 0
        private_valkey.start()
        assert refresh("alice@demo.test", token).answer.verdict == "normal"
    finally:
        client().close()
        client.cache_clear()
        slots._script.cache_clear()


def test_a_loss_of_redis_on_the_way_starts_nothing_new_and_passes(settings, private_valkey):
    settings.REDIS_URL = private_valkey.url
    client.cache_clear()
    slots._script.cache_clear()

    async def run():
        async with holding(2) as mine:
            await mine.acquire()
            await asyncio.to_thread(private_valkey.kill)
            await asyncio.sleep(slots.CALM_SECONDS * 2)
            with pytest.raises(LimitUnknown):
                await mine.acquire()
            await asyncio.to_thread(private_valkey.start)
            await asyncio.wait_for(retried(mine), 10)
            mine.release()
            mine.release()

    async def retried(mine):
        while True:
            try:
                return await mine.acquire()
            except LimitUnknown:
                await asyncio.sleep(0.05)

    try:
        asyncio.run(run())
        client().connection_pool.disconnect()  # of the server that was killed
        assert keys() == set()
    finally:
        client().close()
        client.cache_clear()
        slots._script.cache_clear()
