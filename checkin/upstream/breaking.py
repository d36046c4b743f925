"""Leaving a host alone that fails again and again: one breaker per host, for all threads of this process.

pybreaker holds a lock while it calls and counts failures by when they end. Here fifty requests are under way at once,
and the few that hang end one after the other, long after the others succeeded: only what began after the last success
says that the host is in trouble.
"""

import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Final

import structlog

MOST_FAILURES: Final = 5
QUIET_SECONDS: Final = 60.0
# A host that asks for more is asked again after this: it may have mistaken itself.
LONGEST_QUIET_SECONDS: Final = 900.0
# So long who is not the one to try waits for what comes of it.
PROBE_SECONDS: Final = 10.0

logger = structlog.get_logger(__name__)


@dataclass(eq=False, frozen=True, slots=True)
class Try:
    """A request that a breaker let through. Tell the breaker what became of it: `succeeded`, `failed` or `forget`."""

    began_at: float


class Breaker:
    """Opens after MOST_FAILURES in a row for QUIET_SECONDS; then one try at a time finds out whether it is over."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._lock = threading.Lock()
        self._failures = 0
        self._last_success_at = float("-inf")
        self._quiet_until: float | None = None
        self._probe: Try | None = None

    @property
    def wait_seconds(self) -> float | None:
        """How long the host is left alone from now; None if it may be asked."""
        with self._lock:
            return self._wait_seconds(now())

    def begin(self) -> Try | None:
        """Leave to send a request, or None while the host is left alone."""
        with self._lock:
            began = Try(now())
            if self._wait_seconds(began.began_at) is not None:
                return None
            if self._quiet_until is not None:
                self._probe = began
            return began

    def succeeded(self, done: Try) -> None:
        """The host answered as it should."""
        with self._lock:
            if self._quiet_until is not None:
                logger.info("upstream_breaker", host=self.host, state="closed")
            self._failures, self._last_success_at = 0, now()
            self._quiet_until = self._probe = None

    def failed(self, done: Try, *, wait_seconds: float | None = None) -> None:
        """The host failed; `wait_seconds` is how long it asks us to wait."""
        with self._lock:
            if done.began_at < self._last_success_at:
                return
            self._failures += 1
            if self._failures < MOST_FAILURES and done is not self._probe:
                return
            if self._quiet_until is None or done is self._probe:
                logger.warning("upstream_breaker", host=self.host, state="open")
            self._probe = None
            quiet_seconds = min(max(QUIET_SECONDS, wait_seconds or 0), LONGEST_QUIET_SECONDS)
            self._quiet_until = max(self._quiet_until or 0, now() + quiet_seconds)

    def forget(self, done: Try) -> None:
        """The request ended without the host's doing; after `succeeded` or `failed` this changes nothing."""
        with self._lock:
            if done is self._probe:
                self._probe = None

    def _wait_seconds(self, at: float) -> float | None:
        if self._quiet_until is None:
            return None
        if at < self._quiet_until:
            return self._quiet_until - at
        return PROBE_SECONDS if self._probe is not None else None


def now() -> float:
    """Seconds on this process's clock. Tests move it."""
    return time.monotonic()


@cache
def breaker_of(host: str) -> Breaker:
    """This process's breaker of a host; settings name few."""
    return Breaker(host)


def forget_failures() -> None:
    """Begin anew, for tests."""
    breaker_of.cache_clear()
