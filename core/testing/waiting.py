"""Waiting for what other processes do."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

POLL_SECONDS: Final = 0.05
T = TypeVar("T")


def eventually(ask: Callable[[], T], *, seconds: float = 15) -> T:
    """Ask until the answer is true, and return it. Raises AssertionError, with the last answer, after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise AssertionError(f"After {seconds} s the answer is still {answer!r}.")
        time.sleep(POLL_SECONDS)
    return answer
