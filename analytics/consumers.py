"""The metrics' end of the outbox."""

from collections.abc import Sequence

from analytics.services import TOPIC
from analytics.services.counting import count
from core import outbox


@outbox.consumer(TOPIC, batch_size=1000)
def count_events(events: Sequence[outbox.Event]) -> None:
    """Store a batch and count it. What was stored before, since a mark was lost, is counted already."""
    count(events=events)
