"""Asking again where that makes sense."""

from collections.abc import Callable
from typing import TypeVar

import stamina

T = TypeVar("T")


def ask_again(
    once: Callable[[], T],
    *,
    on: Callable[[Exception], bool | float],
    attempts: int,
    first_wait_seconds: float,
    longest_wait_seconds: float,
    jitter_seconds: float,
) -> T:
    """What `once` returns, asked up to `attempts` times, with growing waits between them.

    `on` says of an error whether to ask again, or after how many seconds. Raises the last error.
    """
    for attempt in stamina.retry_context(
        on=on,
        attempts=attempts,
        timeout=None,
        wait_initial=first_wait_seconds,
        wait_max=longest_wait_seconds,
        wait_jitter=jitter_seconds,
    ):
        with attempt:
            return once()
    raise AssertionError("stamina raises the last error")
