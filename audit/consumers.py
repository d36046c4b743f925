"""The audit log's end of the outbox."""

from collections.abc import Sequence

from audit.services import TOPIC
from audit.services.appending import append
from core import outbox


@outbox.consumer(TOPIC, batch_size=1000)
def write_entries(events: Sequence[outbox.Event]) -> None:
    """Append a batch to the organization's chain. What is there already, since a mark was lost, counts as written."""
    append(events=events)
