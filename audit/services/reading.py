"""The entries in their order, however many: in batches, since MongoDB stops a query that has worked for 5 s."""

from collections.abc import Iterator
from typing import Final

from audit.documents import AUDIT_LOGS, AuditLog

BATCH: Final = 2000


def entries_down_from(seq: int) -> Iterator[AuditLog]:
    """The scope's entries whose `seq` is from 1 up to that one, in reverse. Raises PyMongoError."""
    here = AUDIT_LOGS.here().reading_anything()
    batch = list(here.find({"seq": {"$gte": 1, "$lte": seq}}).sort("seq", -1).limit(BATCH))
    yield from batch
    while len(batch) == BATCH:
        last = batch[-1]
        batch = list(here.find({"seq": {"$gte": 1, "$lte": last["seq"]}}).sort("seq", -1).limit(BATCH))
        yield from (entry for entry in batch if entry["_id"] != last["_id"])


def entries_after(size: int, *, upto: int) -> Iterator[AuditLog]:
    """The scope's entries whose `seq` is over `size`, and `upto` at most, in its order. Raises PyMongoError.

    A batch begins with the number that the last one ended with, so that a second entry of that number shows.
    """
    here = AUDIT_LOGS.here().reading_anything()
    batch = list(here.find({"seq": {"$gt": size, "$lte": upto}}).sort("seq", 1).limit(BATCH))
    yield from batch
    while len(batch) == BATCH:
        last = batch[-1]
        batch = list(here.find({"seq": {"$gte": last["seq"], "$lte": upto}}).sort("seq", 1).limit(BATCH))
        yield from (entry for entry in batch if entry["_id"] != last["_id"])
