"""Numbers that are read when Prometheus asks, rather than counted as things happen."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

import structlog
from prometheus_client.metrics_core import Metric
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
                yield from read()
            except Exception:
                logger.exception("gauge_failed", gauge=read.__qualname__)
