"""A rotated token is kept before anything else happens, whatever happens then."""

import asyncio
import time

import pytest

from checkin.upstream import PageClient, Verdict
from devstack.upstream.faults import PageFault

EMAIL = "alice@demo.test"


@pytest.fixture
def token(upstream) -> str:
    return upstream.add_user(EMAIL)


async def refresh(token, keep):
    async with PageClient() as client:
        return await client.refresh(email=EMAIL, token=token, keep=keep)


def test_it_is_kept_while_the_body_is_still_to_come(upstream, token, settings):
    settings.CHECKIN_TIMEOUT_SECONDS = 0.5
    upstream.set_fault(EMAIL, PageFault.HANG_BODY)
    seen = []

    async def keep(new):
        seen.append((new, upstream.user(EMAIL)["in_flight"]))

    answer = asyncio.run(refresh(token, keep))
    assert seen == [(upstream.user(EMAIL)["token"], 1)]
    assert (answer.verdict, answer.new_token) == (Verdict.FAILED, seen[0][0])


def test_the_time_that_keeping_takes_is_not_the_upstreams(upstream, token, settings):
    settings.CHECKIN_TIMEOUT_SECONDS = 1
    done = []

    async def keep(new):
        await asyncio.sleep(1.2)
        done.append(new)

    answer = asyncio.run(refresh(token, keep))
    assert answer.verdict == Verdict.NORMAL
    assert done == [answer.new_token]


def test_the_time_before_and_after_it_is_counted_together(upstream, token, settings):
    settings.CHECKIN_TIMEOUT_SECONDS = 3
    upstream.set_pace(latency_seconds=2.5)
    upstream.set_fault(EMAIL, PageFault.HANG_BODY)

    async def keep(_):
        pass

    began = time.monotonic()
    answer = asyncio.run(refresh(token, keep))
    assert 3 <= time.monotonic() - began < 5.4  # not 2.5 and then 3
    assert answer.error.endswith("was not done in time.")


def test_what_keeping_raises_is_raised_and_the_slot_is_free_again(upstream, token, settings):
    settings.CHECKIN_CONCURRENCY = 1

    async def keep(_):
        raise TimeoutError("the database")

    async def kept(new):
        pass

    async def run():
        async with PageClient() as client:
            with pytest.raises(TimeoutError, match="the database"):
                await client.refresh(email=EMAIL, token=token, keep=keep)
            good = await asyncio.to_thread(lambda: upstream.user(EMAIL)["token"])
            return await client.refresh(email=EMAIL, token=good, keep=kept)

    assert asyncio.run(run()).verdict == Verdict.NORMAL


def test_a_refresh_that_is_cancelled_meanwhile_keeps_its_token_first(upstream, token):
    begun, done = asyncio.Event(), []

    async def keep(new):
        begun.set()
        await asyncio.sleep(0.2)
        done.append(new)

    async def run():
        task = asyncio.create_task(refresh(token, keep))
        await begun.wait()
        task.cancel()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert done == [upstream.user(EMAIL)["token"]]


def test_a_cancelled_request_leaves_nothing_under_way(upstream, token):
    upstream.set_fault(EMAIL, PageFault.HANG)

    async def keep(_):
        raise AssertionError("nothing came")

    async def run():
        task = asyncio.create_task(refresh(token, keep))
        while (await asyncio.to_thread(upstream.facts))["in_flight"] == 0:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert upstream.facts()["in_flight"] == 0
