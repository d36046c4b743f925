"""How long something may take in all."""

import time
from dataclasses import dataclass
from typing import Final, Self

# To a socket, zero would mean not to wait and not to block.
SHORTEST_WAIT_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on this process's monotonic clock, and how many seconds were given until then."""

    at: float
    seconds: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """So many seconds from now."""
        return cls(time.monotonic() + seconds, seconds)

    @property
    def remaining_seconds(self) -> float:
        """None are left once it has passed."""
        return max(0.0, self.at - time.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return not self.remaining_seconds

    def within(self, seconds: float) -> "Deadline":
        """So many seconds from now, or this one if that is sooner."""
        sooner = Deadline.after(seconds)
        return sooner if sooner.at < self.at else self

    def limit(self, timeout_seconds: float | None) -> float:
        """A wait that does not outlast it."""
        remaining = max(self.remaining_seconds, SHORTEST_WAIT_SECONDS)
        return remaining if timeout_seconds is None else min(timeout_seconds, remaining)
