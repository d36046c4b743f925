"""Letting go of old entries: they are verified, a signed seal says up to where, and only then are they deleted.

Each step can be the last before the process dies: the seal is written down with the chain's row in one transaction, and
what it covers is deleted by whichever run comes next.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.utils import timezone

from audit.documents import AUDIT_LOGS
from audit.models import Chain, Checkpoint
from audit.services.evidence import Evidence, gathered
from audit.services.locking import locked_chain
from audit.services.reading import entries_after
from audit.services.remains import remains_fault
from audit.services.signing import Place, sign
from audit.services.writing import record
from audit.walking import Fault, Walk
from core.tenancy import current_organization_id

# What a run seals at most; the next day's goes on.
MOST_SEALED: Final = 200_000
# The next checkpoint after those proves them.
MOST_UNSIGNED: Final = 5000
DELETED_AT_ONCE: Final = 5000

logger = structlog.get_logger(__name__)


def seal_and_delete() -> None:
    """Seal and delete the scope's entries that are older than AUDIT_RETENTION_DAYS, the oldest first, without gaps.

    A log that does not verify is left as it is. Raises PyMongoError, Retry if the file of checkpoints cannot be
    written, and ChainIsLocked while a relay appends.
    """
    chain = Chain.objects.first()
    if chain is None or not settings.AUDIT_RETENTION_DAYS:
        return
    evidence = gathered(first=chain.sealed_size + 1, last=chain.sealed_size + MOST_SEALED + MOST_UNSIGNED)
    fault = evidence.beginning_fault() or remains_fault(
        sealed_size=evidence.sealed_size, sealed_hash=evidence.sealed_hash
    )
    if fault := fault or evidence.signature_fault(proven=evidence.sealed_size):
        _refuse(fault)
        return
    delete_sealed()
    found = _old_entries(evidence, before=timezone.now() - timedelta(days=settings.AUDIT_RETENTION_DAYS))
    if isinstance(found, Fault):
        _refuse(found)
    elif found.size > evidence.sealed_size:
        _seal(found)
        delete_sealed()


def delete_sealed() -> None:
    """Delete the entries that a seal covers, and the checkpoints before it, in batches. Raises PyMongoError."""
    sealed = Chain.objects.get().sealed_size
    here = AUDIT_LOGS.here()
    # What is below the first was not sealed: it stays, as evidence.
    while oldest := here.find_one({"seq": {"$gte": 1, "$lte": sealed}}, {"seq": 1}):
        here.delete_many({"seq": {"$gte": 1, "$lte": min(sealed, oldest["seq"] + DELETED_AT_ONCE)}})
    Checkpoint.objects.filter(size__lt=sealed).delete()


def _old_entries(evidence: Evidence, *, before: datetime) -> Place | Fault:
    """Where the old entries end, once all of them are verified, and proven by a checkpoint or the chain's end."""
    start = Place(evidence.sealed_size, evidence.sealed_hash)
    walk = Walk(size=start.size, head=start.head, roots=evidence.checkpoints)
    end, is_past = start, False
    for entry in entries_after(start.size, upto=evidence.size):
        if fault := walk.take(entry):
            return fault
        is_past = is_past or entry["created_at"] >= before or walk.size > start.size + MOST_SEALED
        if not is_past:
            end = Place(walk.size, walk.head)
        elif walk.proven >= end.size:
            return end
    return walk.end(size=evidence.size, head=evidence.head) or end


def _seal(end: Place) -> None:
    with locked_chain() as chain:
        if chain.sealed_size >= end.size:
            return
        record(
            action="seal",
            resource_type="audit_log",
            resource_id=current_organization_id(),
            changes={"sealed_size": (chain.sealed_size, end.size)},
        )
        chain.sealed_size, chain.sealed_hash = end.size, end.head
        chain.save(update_fields=["sealed_size", "sealed_hash"])
        sign(kind="seal", size=end.size, root=end.head)


def _refuse(fault: Fault) -> None:
    organization_id = str(current_organization_id())
    logger.error("audit_not_sealed", organization_id=organization_id, seq=fault.first_bad_seq, reason=fault.reason)
