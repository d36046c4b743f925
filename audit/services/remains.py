"""What is left below a seal. A seal's entries are deleted from the first on, so that what is left is their end."""

from decimal import Decimal
from typing import Any

from audit.documents import AUDIT_LOGS
from audit.services.reading import entries_down_from
from audit.walking import Fault, is_itself


def remains_fault(*, sealed_size: int, sealed_hash: str) -> Fault | None:
    """An entry below the seal that is not what was sealed: nobody else looks at those. Raises PyMongoError.

    They are read from the seal downwards, so that a run that deletes them meanwhile makes no gap.
    """
    expected, head = sealed_size, sealed_hash
    for entry in entries_down_from(sealed_size):
        seq = entry["seq"]
        if seq != expected or entry.get("hash") != head or not is_itself(entry):
            below = AUDIT_LOGS.here().find({"seq": {"$gte": 1, "$lte": seq}}, {"seq": 1}).sort("seq", 1).limit(1)
            lowest = min([_whole(seq), *(_whole(one["seq"]) for one in below)])
            reason = f"Entry {seq} is not among those that were sealed: all up to {sealed_size} were to be deleted."
            return Fault(lowest, _whole(seq), reason)
        expected, head = seq - 1, entry["prev_hash"]
    return None


def _whole(seq: Any) -> int:  # noqa: ANN401 -- whatever number somebody wrote there
    """MongoDB's decimal numbers know neither order nor `int`."""
    return int(Decimal(str(seq)))
