"""The log as a whole, or a part of it, one entry after the other.

What is read comes in batches, each a query of its own that begins where the last one ended: a reader may take his time
(MongoDB forgets a cursor that nobody has asked for ten minutes, and stops one that has worked for five seconds), and a
MongoDB that is restarted meanwhile does no harm.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pymongo import ASCENDING

from audit.checkpoints import Checkpoint
from audit.documents import AUDIT_LOGS, AuditLog
from audit.models import Chain
from audit.models import Checkpoint as CheckpointRow
from audit.selectors.filters import Filters

BATCH: Final = 1000
CHECKPOINTS_BATCH: Final = 5000
OLDEST_FIRST: Final = [("created_at", ASCENDING), ("seq", ASCENDING)]


def size() -> int:
    """How many entries the scope's log has had so far."""
    return Chain.objects.values_list("size", flat=True).first() or 0


def furthest_checkpoint() -> int:
    """The size of the scope's log by its last checkpoint."""
    return CheckpointRow.objects.order_by("-size").values_list("size", flat=True).first() or 0


def entries_upto(last_seq: int, filters: Filters) -> Iterator[AuditLog]:
    """The entries up to that one, oldest first, in the order of their `seq` if all are asked for.

    Raises PyMongoError while MongoDB is down.
    """
    asked = filters.as_filter()
    batches = _in_time(asked, last_seq) if asked else _in_order(last_seq)
    for batch in batches:
        yield from batch


def checkpoints_upto(last_size: int) -> Iterator[Checkpoint]:
    """The checkpoints of the scope's log while it had no more entries than that, the first first."""
    before = -1
    while True:
        # Of one size there are two at most, a head and a seal.
        rows = CheckpointRow.objects.filter(size__gt=before, size__lte=last_size).order_by("size", "kind")
        batch = list(rows[:CHECKPOINTS_BATCH])
        is_last = len(batch) < CHECKPOINTS_BATCH
        whole = batch if is_last else [row for row in batch if row.size < batch[-1].size]
        yield from (row.signed for row in whole)
        if is_last:
            return
        before = whole[-1].size


def _in_order(last_seq: int) -> Iterator[list[AuditLog]]:
    before = 0
    while True:
        asked = {"seq": {"$gt": before, "$lte": last_seq}}
        batch = list(AUDIT_LOGS.here().find(asked).sort("seq", ASCENDING).limit(BATCH))
        yield batch
        if len(batch) < BATCH:
            return
        before = batch[-1]["seq"]


def _in_time(asked: Mapping[str, Any], last_seq: int) -> Iterator[list[AuditLog]]:
    batch = oldest({**asked, "seq": {"$lte": last_seq}}, BATCH)
    while True:
        yield batch
        if len(batch) < BATCH:
            return
        at, seq = batch[-1]["created_at"], batch[-1]["seq"]
        # As in a list: two exact ranges, since thousands of entries may have one time in common.
        batch = oldest({**asked, "created_at": at, "seq": {"$gt": seq, "$lte": last_seq}}, BATCH)
        if len(batch) < BATCH:
            later = {**asked.get("created_at", {}), "$gt": at}
            later.pop("$gte", None)
            batch += oldest({**asked, "created_at": later, "seq": {"$lte": last_seq}}, BATCH - len(batch))


def oldest(asked: Mapping[str, Any], limit: int) -> list[AuditLog]:
    """The first entries that match, in the order of their times. Raises PyMongoError while MongoDB is down."""
    return list(AUDIT_LOGS.here().find(asked).sort(OLDEST_FIRST).limit(limit))
