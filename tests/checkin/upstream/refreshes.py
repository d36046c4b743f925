"""Refreshing at a page, as the engine does it: what came back, and what was kept."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checkin.upstream import Answer, PageClient


@dataclass
class Kept:
    """Every new token, in the order in which they came."""

    tokens: list[str] = field(default_factory=list)

    async def __call__(self, token: str) -> None:
        await asyncio.sleep(0)
        self.tokens.append(token)


@dataclass
class Refreshed:
    """What a refresh came to."""

    answer: Answer
    kept: list[str]


def refresh(email: str, token: str) -> Refreshed:
    """One refresh with a client of its own."""
    return refresh_all({email: token})[email]


def refresh_all(tokens: Mapping[str, str], *, at_once: int = 50) -> dict[str, Refreshed]:
    """Refresh each, so many at once."""

    async def run() -> dict[str, Refreshed]:
        results: dict[str, Refreshed] = {}
        left = iter(tokens.items())
        async with PageClient() as client:

            async def work(todo: Iterable[tuple[str, str]]) -> None:
                for email, token in todo:
                    kept = Kept()
                    results[email] = Refreshed(await client.refresh(email=email, token=token, keep=kept), kept.tokens)

            await asyncio.gather(*(work(left) for _ in range(at_once)))
        return results

    return asyncio.run(run())


def in_sequence(tokens: Iterable[tuple[str, str]]) -> list[Answer]:
    """Refresh one after the other on the same connection."""

    async def run() -> list[Answer]:
        async with PageClient() as client:
            return [await client.refresh(email=email, token=token, keep=Kept()) for email, token in tokens]

    return asyncio.run(run())
