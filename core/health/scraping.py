"""What `/metrics` shows: what was counted as it happened, and what is read when Prometheus asks."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import structlog
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

logger = structlog.get_logger(__name__)
Reader = Callable[[], Iterable[Metric]]
_readers: Final[list[Reader]] = []


def at_scrape(read: Reader) -> Reader:
    """Have the decorated function called at each scrape. Declare it in an app's `gauges.py`."""
    _readers.append(read)
    return read


class ScrapeCollector(Collector):
    """What all readers have to say. One that fails is logged and leaves only its own numbers out."""

    def collect(self) -> Iterator[Metric]:
        for read in _readers:
            try:
                yield from list(read())
            except Exception:
                logger.exception("gauge_failed", gauge=read.__qualname__)


class CountedHere(Collector):
    """What this one process has counted."""

    def collect(self) -> Iterable[Metric]:
        return REGISTRY.collect()


def registry() -> CollectorRegistry:
    """What all web workers counted (this process alone, without PROMETHEUS_MULTIPROC_DIR), and what is read now."""
    found = CollectorRegistry()
    if directory := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        Path(directory).mkdir(parents=True, exist_ok=True)  # somebody may have cleaned up temporary files
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    else:
        found.register(CountedHere())
    found.register(ScrapeCollector())
    return found
