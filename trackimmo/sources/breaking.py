"""Leaving a host alone that fails again and again: one circuit breaker per host, in this thread.

Not shared between processes: see docs/decisions/0008.
"""

import threading
from collections.abc import Callable
from functools import cache
from typing import Final, TypeVar

import structlog
from django.conf import settings
from pybreaker import STATE_OPEN, CircuitBreaker, CircuitBreakerError, CircuitBreakerListener, CircuitBreakerState

from trackimmo.errors import SourceUnavailable

MOST_FAILURES: Final = 5

logger = structlog.get_logger(__name__)
T = TypeVar("T")


class Hiccup(SourceUnavailable):
    """The host itself is in trouble, or the way to it. `wait_seconds` is how long it asks us to wait."""

    def __init__(self, source: str, problem: str, *, wait_seconds: float | None = None) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(source, problem)


def call(host: str, ask: Callable[[], T]) -> T:
    """Ask, unless the host failed MOST_FAILURES times in a row within the last OPEN_DATA_QUIET_SECONDS.

    Only a Hiccup is the host's failure. Raises SourceUnavailable at once while it is left alone.
    """
    try:
        return breaker_of(host).call(ask)
    except CircuitBreakerError as error:
        raise SourceUnavailable(
            host,
            f"failed {MOST_FAILURES} times in a row, and is asked again after"
            f" {settings.OPEN_DATA_QUIET_SECONDS} seconds",
        ) from error


def is_left_alone(host: str) -> bool:
    """Whether it has just failed once too often."""
    return breaker_of(host).current_state == STATE_OPEN


def breaker_of(host: str) -> CircuitBreaker:
    """This thread's breaker of a host: it holds a lock for as long as the host takes to answer."""
    return _breakers.of(host)


def forget_failures() -> None:
    """Begin anew, for tests."""
    _breakers.of.cache_clear()


def _new(host: str) -> CircuitBreaker:
    return CircuitBreaker(
        fail_max=MOST_FAILURES,
        reset_timeout=settings.OPEN_DATA_QUIET_SECONDS,
        exclude=[lambda error: not isinstance(error, Hiccup)],
        listeners=[_Teller()],
        name=host,
        throw_new_error_on_trip=False,  # who meets the last failure is told that failure
    )


class _Breakers(threading.local):
    def __init__(self) -> None:
        self.of = cache(_new)  # settings name few hosts


_breakers: Final = _Breakers()


class _Teller(CircuitBreakerListener):
    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        logger.warning("source_breaker", host=cb.name, state=new_state.name)
