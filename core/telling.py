"""Telling Redis what follows from a commit: best effort, never at the request's expense, and in one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain, islice
from typing import Any, Protocol

import structlog
from redis import RedisError

from core.redis import client

logger = structlog.get_logger(__name__)


class Telling(Protocol):
    """Something to tell Redis."""

    def commands(self) -> Sequence[tuple[Any, ...]]:
        """The commands that tell it."""

    def told(self, answers: Sequence[Any]) -> None:
        """Redis answered each of the commands; an error is an answer, too."""

    def lost(self, error: RedisError) -> None:
        """Redis is down."""


_waiting: ContextVar[list[Telling] | None] = ContextVar("tellings", default=None)


def tell(telling: Telling) -> None:
    """Tell Redis now, or at the end of the `together` around this."""
    waiting = _waiting.get()
    if waiting is None:
        _tell_all([telling])
    else:
        waiting.append(telling)


@contextmanager
def together() -> Iterator[None]:
    """Tell what the block's commits have to tell at its end, in one round trip instead of one each."""
    waiting: list[Telling] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
        if waiting:
            _tell_all(waiting)


def _tell_all(tellings: Sequence[Telling]) -> None:
    commands = [telling.commands() for telling in tellings]
    try:
        with client().pipeline(transaction=False) as pipeline:
            for command in chain.from_iterable(commands):
                pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
            answers = iter(pipeline.execute(raise_on_error=False))
    except RedisError as error:
        for telling in tellings:
            _safely(telling.lost, error)
        return
    for telling, own in zip(tellings, commands, strict=True):
        _safely(telling.told, list(islice(answers, len(own))))


def _safely(hear: Any, what: Any) -> None:  # noqa: ANN401 -- either of a telling's methods
    """What is committed stays so, whatever fails afterwards: as Django's `robust` hooks, this logs it."""
    try:
        hear(what)
    except Exception:
        logger.exception("telling_failed")
