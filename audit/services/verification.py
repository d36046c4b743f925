"""Verifying the log of an organization against itself, the chain's row, and every signed checkpoint."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from audit import keys
from audit.chain import NO_HASH
from audit.documents import AUDIT_LOGS
from audit.models import Chain
from audit.services.evidence import Evidence, gathered
from audit.services.reading import entries_after
from audit.services.remains import remains_fault
from audit.walking import Fault, Walk
from core.tenancy import current_organization_id

AT_ONCE: Final = 50_000
# What no entry's number is: found by the index, as its other end is.
NO_NUMBERS: Final = [
    "minKey", "null", "string", "object", "array", "binData", "undefined", "objectId", "bool", "date", "regex",
    "dbPointer", "javascript", "symbol", "javascriptWithScope", "timestamp", "maxKey",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found in the entries from `checked_from` to `checked_to` of `size`.

    `verified` says that nothing is wrong with them. If not, somebody wrote between `first_bad_seq` and `last_bad_seq`:
    one entry where the chain breaks, and where all was computed anew, what lies between two checkpoints; `reason` says
    it in a sentence. `complete` is that the end of the log was reached, or a fault: else the next call begins at
    `next_seq`. `checkpoints_compared` of those in the table and the file lay in the part; their signatures hold by the
    keys `public_key_ids`. Entries up to `sealed_size` were deleted when their time had come.
    """

    organization_id: UUID
    verified: bool
    first_bad_seq: int | None
    last_bad_seq: int | None
    reason: str
    checked_from: int
    checked_to: int
    size: int
    sealed_size: int
    checkpoints_compared: int
    complete: bool
    next_seq: int | None
    public_key_ids: tuple[str, ...]


def verify(*, from_seq: int | None = None, limit: int = AT_ONCE, checkpoints_file: Path | None = None) -> Verdict:
    """Verify up to `limit` entries of the scope's log, from its beginning or from `from_seq` on.

    For all of a log call it again from `next_seq` until it is `complete`; beyond the log's end nothing is read.
    The first fault ends it. It waits for a relay that appends just then, and begins anew from a seal that was set
    meanwhile, since what it was to read may be deleted. `checkpoints_file` is a copy to compare with instead of
    AUDIT_CHECKPOINTS_FILE. Raises PyMongoError while MongoDB is down, Unavailable while a relay appends for longer than
    `lock_timeout`, and TenantScopeMissing outside a scope.
    """
    while True:
        chain = Chain.objects.first() or Chain()
        first = min(max(chain.sealed_size + 1, from_seq or 1), chain.size + 1)
        evidence = gathered(first=first, last=first + limit - 1, checkpoints_file=checkpoints_file)
        verdict = _verdict(evidence, first=first, limit=limit)
        if verdict.verified or not Chain.objects.filter(sealed_size__gt=verdict.sealed_size).exists():
            return verdict


def verdicts(*, limit: int = AT_ONCE, checkpoints_file: Path | None = None) -> Iterator[Verdict]:
    """The verdicts on all of the scope's log, part by part: the last is complete. Raises what `verify` raises."""
    from_seq: int | None = None
    while True:
        verdict = verify(from_seq=from_seq, limit=limit, checkpoints_file=checkpoints_file)
        yield verdict
        if verdict.complete:
            return
        from_seq = verdict.next_seq


def _verdict(evidence: Evidence, *, first: int, limit: int) -> Verdict:
    first = max(first, evidence.sealed_size + 1)
    last = min(evidence.size, first + limit - 1)
    is_end = last == evidence.size
    walk = Walk(size=first - 1, head=_head_before(evidence, first), roots=evidence.checkpoints)
    fault = evidence.beginning_fault() or remains_fault(
        sealed_size=evidence.sealed_size, sealed_hash=evidence.sealed_hash
    )
    fault = fault or _walked(walk, last) or walk.end(size=last, head=walk.head)
    if is_end:
        fault = fault or walk.end(size=last, head=evidence.head) or evidence.end_fault() or _homeless(evidence.size)
    fault = fault or evidence.signature_fault(proven=walk.proven)
    is_complete = is_end or fault is not None
    return Verdict(
        organization_id=current_organization_id(),
        verified=fault is None,
        first_bad_seq=fault.first_bad_seq if fault else None,
        last_bad_seq=fault.last_bad_seq if fault else None,
        reason=fault.reason if fault else "",
        checked_from=first,
        checked_to=walk.size,
        size=evidence.size,
        sealed_size=evidence.sealed_size,
        checkpoints_compared=walk.compared,
        complete=is_complete,
        next_seq=None if is_complete else last + 1,
        public_key_ids=tuple(keys.public_keys()),
    )


def _head_before(evidence: Evidence, first: int) -> str:
    """The hash that the entry before the first is to have: signed, or as an earlier call has verified it."""
    known = evidence.root_at(first - 1)
    if known is None:
        stored = AUDIT_LOGS.here().reading_anything().find_one({"seq": first - 1}, {"hash": 1})
        known = str(stored.get("hash", NO_HASH)) if stored else NO_HASH
    return known


def _walked(walk: Walk, last: int) -> Fault | None:
    entries = entries_after(walk.size, upto=last)
    return next((fault for entry in entries if (fault := walk.take(entry))), None)


def _homeless(size: int) -> Fault | None:
    """An entry whose number is none, or is below the first: no walk comes by."""
    nowhere = [{"seq": {"$lt": 1}}, {"seq": None}, {"seq": float("nan")}, {"seq": {"$type": NO_NUMBERS}}]
    found = AUDIT_LOGS.here().reading_anything().find_one({"$or": nowhere}, {"_id": 0, "seq": 1})
    return (
        Fault(size + 1, size + 1, f"The log has an entry {found.get('seq')} that was not recorded.")
        if found is not None
        else None
    )
