"""Noting how long things take."""

import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")


class Stopwatch:
    """Milliseconds of each repetition, by name."""

    def __init__(self) -> None:
        self.times: dict[str, list[float]] = defaultdict(list)

    def time(self, name: str, run: Callable[..., T], *arguments: Any, **options: Any) -> T:  # noqa: ANN401
        """Run it with the arguments and note how long it took."""
        begin = time.perf_counter()
        result = run(*arguments, **options)
        self.times[name].append((time.perf_counter() - begin) * 1000)
        return result

    def __getitem__(self, name: str) -> float:
        return median(self.times[name])
