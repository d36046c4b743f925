"""Signing checkpoints. What is signed was appended just now, or is verified from the last checkpoint on before.

Otherwise whoever changed entries, and the chain's row to match, would get our signature for it with the next entry.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.utils import timezone

from audit import checkpoints, keys
from audit.chain import NO_HASH
from audit.models import Chain, Checkpoint
from audit.services import checkpoint_file
from audit.services.locking import locked_chain
from audit.services.reading import entries_after
from audit.walking import Fault, Walk
from core import outbox
from core.tenancy import current_organization_id

EVERY_ENTRIES: Final = 1000
EVERY: Final = timedelta(seconds=60)
# A relay does not hold the lock for longer: what is more, beat's task verifies without it.
MOST_VERIFIED_LOCKED: Final = 5000
MOST_FORGED: Final = 20

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a log goes: so many entries, of which the last has the hash `head`; when that was signed, if it was."""

    size: int = 0
    head: str = NO_HASH
    signed_at: datetime | None = None

    @property
    def is_old(self) -> bool:
        """Whether it is time for the next checkpoint."""
        return self.signed_at is None or timezone.now() - self.signed_at >= EVERY


def sign_if_due(chain: Chain, *, before: Place) -> None:
    """Sign the locked chain's head if 1,000 entries or 60 s have passed since the last checkpoint.

    What this transaction appended follows `before`. Raises Retry if the file cannot be written, and PyMongoError. A log
    that does not verify is not signed, and goes on: beat's task, each minute, says why.
    """
    last = last_signed()
    if last is None or _is_signed(chain) or not (last.is_old or chain.size - last.size >= EVERY_ENTRIES):
        return
    if before.size - last.size > MOST_VERIFIED_LOCKED:
        return
    walk = Walk(size=last.size, head=last.head)
    if (last.size, last.head) == (before.size, before.head) or _fault_before(walk, before) is None:
        sign(kind="head", size=chain.size, root=chain.head)


def sign_quiet_log() -> None:
    """Sign the head of the scope's log if it has entries that no checkpoint counts, and the last is 60 s old.

    All but the latest is verified before the lock is taken. Raises what `sign_if_due` raises, and ChainIsLocked
    while a relay appends for longer than `lock_timeout`.
    """
    chain = Chain.objects.first()
    if chain is None:
        return
    _tell_of_doubtful_ones()
    last = last_signed()
    if last is None or _is_signed(chain) or not last.is_old:
        return
    walk = Walk(size=last.size, head=last.head)
    if _leads_to(walk, Place(chain.size, chain.head)):
        with locked_chain() as chain:
            if not _is_signed(chain) and _leads_to(walk, Place(chain.size, chain.head)):
                sign(kind="head", size=chain.size, root=chain.head)


def last_signed() -> Place | None:
    """Where the last checkpoint is whose signature holds, or the beginning of a log that has none.

    None if there are some and none can be checked. Raises ImproperlyConfigured.
    """
    known = keys.public_keys()
    rows = Checkpoint.objects.order_by("-size")
    for row in rows.filter(key_id__in=known)[:MOST_FORGED]:
        if row.signed.is_signed_by(known):
            return Place(row.size, row.root, row.created_at)
    return None if rows.exists() else Place()


def sign(*, kind: checkpoints.Kind, size: int, root: str) -> None:
    """Sign, and write it into the file and the table. Raises Retry if the file cannot be written."""
    key = keys.signing_key()
    now = timezone.now()
    statement = checkpoints.Statement(
        kind=kind,
        organization_id=current_organization_id(),
        size=size,
        root=root,
        created_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        key_id=checkpoints.key_id(key.public_key()),
    )
    checkpoint = checkpoints.signed(statement, key)
    try:
        checkpoint_file.append(Path(settings.AUDIT_CHECKPOINTS_FILE), checkpoint)
    except OSError as error:
        raise outbox.Retry(f"AUDIT_CHECKPOINTS_FILE cannot be written: {error}") from error
    Checkpoint.of(checkpoint).save(force_insert=True)


def _is_signed(chain: Chain) -> bool:
    """Whether a checkpoint counts all entries, be it by a key that is not ours any more: there is one of each size."""
    return chain.size == 0 or Checkpoint.objects.filter(size__gte=chain.size).exists()


def _tell_of_doubtful_ones() -> None:
    """The platform's log names the key that the newest checkpoint needs, and forged ones before the last of ours."""
    known = keys.public_keys()
    rows = Checkpoint.objects.order_by("-size")
    newest = rows.first()
    if newest and newest.key_id not in known:
        logger.error(
            "audit_signing_key_missing",
            organization_id=str(newest.organization_id),
            key_id=newest.key_id,
            setting="AUDIT_SIGNING_KEYS",
            reason=f"The checkpoint at {newest.size} needs it: put it back behind the first one.",
        )
    for row in rows.filter(key_id__in=known)[:MOST_FORGED]:
        if row.signed.is_signed_by(known):
            return
        logger.error("audit_checkpoint_forged", organization_id=str(row.organization_id), size=row.size)


def _leads_to(walk: Walk, place: Place) -> bool:
    """Whether the stored entries lead there; the platform's log says why not. The walk goes as far as they do."""
    if fault := _fault_before(walk, place):
        organization_id = str(current_organization_id())
        logger.error("audit_not_signed", organization_id=organization_id, seq=fault.first_bad_seq, reason=fault.reason)
    return fault is None


def _fault_before(walk: Walk, place: Place) -> Fault | None:
    entries = entries_after(walk.size, upto=place.size)
    fault = next((fault for entry in entries if (fault := walk.take(entry))), None)
    return fault or walk.end(size=place.size, head=place.head)
