"""Consumers that live for one test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.outbox.consuming import consumer, forget_consumer


@contextmanager
def consuming(topic: str, handle: Any, *, batch_size: int | None = None) -> Iterator[None]:  # noqa: ANN401
    """Make `handle` the consumer of `topic` within the block, as `outbox.consumer` does."""
    if batch_size is None:
        consumer(topic)(handle)
    else:
        consumer(topic, batch_size=batch_size)(handle)
    try:
        yield
    finally:
        forget_consumer(topic)
