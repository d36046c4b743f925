"""Entries beyond what the chain's row counts: of a relay that died before its commit, or of somebody who must not."""

from typing import Any, Final
from uuid import UUID

from audit.chain import chained
from audit.models import Chain
from audit.services.entries import Entry, entry_from
from audit.services.reading import in_order
from audit.services.writing import TOPIC
from core.outbox.models import OutboxEvent

# A relay leaves one batch at most, before the next one counts it.
MOST: Final = 5000


class Unrecorded(Exception):
    """An entry beyond the chain's end is not what the outbox has for it, or the outbox has nothing."""

    def __init__(self, seq: Any, *, size: int) -> None:  # noqa: ANN401 -- whatever somebody wrote there
        self.seq = seq
        super().__init__(f"The log has an entry {seq} that was not recorded: {size} were written.")


def uncounted(chain: Chain) -> list[Entry]:
    """What a relay wrote and did not count, in its order; the chain is locked. Raises Unrecorded, and PyMongoError."""
    beyond = in_order({"$gt": chain.size}, direction=1, limit=MOST)
    if not beyond:
        return []
    events = OutboxEvent.objects.filter(topic=TOPIC, pk__in=[one["_id"] for one in beyond if _is_ours(one["_id"])])
    recorded = {event.pk: entry_from(event) for event in events}
    head, size = chain.head, chain.size
    for one in beyond:
        entry = recorded.get(one["_id"]) if _is_ours(one["_id"]) else None
        if entry is None or one != next(chained([entry], size=size, head=head)):
            raise Unrecorded(one["seq"], size=chain.size)
        size, head = one["seq"], one["hash"]
    return [dict(one) for one in beyond]


def _is_ours(entry_id: object) -> bool:
    """What somebody inserts by hand has an id of MongoDB's own kind."""
    return isinstance(entry_id, UUID)
