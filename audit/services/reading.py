"""The entries in their order, however many: in batches, since MongoDB stops a query that has worked for 5 s."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from bson.errors import InvalidBSON

from audit.documents import AUDIT_LOGS, AuditLog

BATCH: Final = 2000


def entries_down_from(seq: int) -> Iterator[AuditLog]:
    """The scope's entries whose `seq` is from 1 up to that one, in reverse. Raises PyMongoError."""
    batch = in_order({"$gte": 1, "$lte": seq}, direction=-1, limit=BATCH)
    yield from batch
    while len(batch) == BATCH:
        last = batch[-1]
        batch = in_order({"$gte": 1, "$lte": last["seq"]}, direction=-1, limit=BATCH)
        yield from (entry for entry in batch if entry["_id"] != last["_id"])


def entries_after(size: int, *, upto: int) -> Iterator[AuditLog]:
    """The scope's entries whose `seq` is over `size`, and `upto` at most, in its order. Raises PyMongoError.

    A batch begins with the number that the last one ended with, so that a second entry of that number shows.
    """
    batch = in_order({"$gt": size, "$lte": upto}, direction=1, limit=BATCH)
    yield from batch
    while len(batch) == BATCH:
        last = batch[-1]
        batch = in_order({"$gte": last["seq"], "$lte": upto}, direction=1, limit=BATCH)
        yield from (entry for entry in batch if entry["_id"] != last["_id"])


def in_order(numbers: Mapping[str, Any], *, direction: int, limit: int) -> list[AuditLog]:
    """The first entries with such numbers, upwards or downwards (-1). Raises PyMongoError.

    One that no client can read (an id of two bytes) has a number only: nobody takes it for what was written.
    """
    here = AUDIT_LOGS.here().reading_anything()
    try:
        return list(here.find({"seq": numbers}).sort("seq", direction).limit(limit))
    except InvalidBSON:
        found = here.find({"seq": numbers}, {"_id": 0, "seq": 1}).sort("seq", direction).limit(limit)
        return [entry for one in found if (entry := _readable(one["seq"]))]


def _readable(seq: Any) -> AuditLog | None:  # noqa: ANN401 -- whatever number somebody wrote there
    try:
        return AUDIT_LOGS.here().reading_anything().find_one({"seq": seq})
    except InvalidBSON:
        return cast(AuditLog, {"_id": None, "seq": seq})
