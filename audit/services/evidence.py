"""What an organization's log must agree with: the chain's row, and the signed checkpoints in the table and the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from audit import keys
from audit.checkpoints import Checkpoint
from audit.models import Chain
from audit.models import Checkpoint as CheckpointRow
from audit.services import checkpoint_file
from audit.services.locking import ChainIsLocked, resting_chain
from audit.services.uncounted import Unrecorded, uncounted
from audit.walking import Fault
from core.errors import Unavailable
from core.tenancy import current_organization_id


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far the log is to go, and the checkpoints of a part of it.

    `size` and `head` are the chain's, and count what a relay wrote before it died. `checkpoints` are signed by a key of
    ours, `unsigned` are not; the furthest of all is among them. `unrecorded` tells of entries beyond the end.
    """

    sealed_size: int
    sealed_hash: str
    size: int
    head: str
    checkpoints: Sequence[Checkpoint]
    unsigned: Sequence[Checkpoint]
    unrecorded: Fault | None

    def root_at(self, size: int) -> str | None:
        """The hash that the entry of this number has by a checkpoint or by the seal, if one is known."""
        if size == self.sealed_size:
            return self.sealed_hash
        return next((one.root for one in self.checkpoints if one.size == size), None)

    def seal_fault(self) -> Fault | None:
        """Entries are missing at the beginning, and nobody signed that they were to be deleted."""
        seals = {(one.size, one.root) for one in self.checkpoints if one.statement.kind == "seal"}
        if self.sealed_size == 0 or (self.sealed_size, self.sealed_hash) in seals:
            return None
        return Fault(1, self.sealed_size, f"Entries up to {self.sealed_size} were deleted without a signed seal.")

    def signature_fault(self, *, proven: int) -> Fault | None:
        """A checkpoint is not ours, where the log is proven up to `proven`."""
        if not self.unsigned:
            return None
        size = min(one.size for one in self.unsigned)
        return Fault(
            min(proven + 1, size), size, f"The checkpoint at {size} is not signed by one of AUDIT_SIGNING_KEYS."
        )

    def end_fault(self) -> Fault | None:
        """Entries are missing at the end, or there are some beyond it."""
        furthest = max((one.size for one in self.checkpoints), default=0)
        if furthest > self.size:
            reason = f"The newest entries are missing: a signed checkpoint counts {furthest}."
            return Fault(self.size + 1, furthest, reason)
        return self.unrecorded


def gathered(*, first: int, last: int, checkpoints_file: Path | None = None) -> Evidence:
    """The evidence for the entries from `first` to `last` of the scope's log, and for both its ends.

    What is in the file before the chain's row is locked was written by relays that are through by then, or dead. Raises
    Unavailable while a relay appends for longer than `lock_timeout`, and PyMongoError.
    """
    in_file = _in_file(checkpoints_file or Path(settings.AUDIT_CHECKPOINTS_FILE), first=first, last=last)
    unrecorded = None
    try:
        with resting_chain() as chain:
            size, head = chain.size, chain.head
            try:
                while extra := uncounted(chain):
                    chain.size, chain.head = extra[-1]["seq"], extra[-1]["hash"]
                size, head = chain.size, chain.head
            except Unrecorded as error:
                seq = error.seq if isinstance(error.seq, int) else size + 1
                unrecorded = Fault(size + 1, seq, str(error))
    except ChainIsLocked as error:
        raise Unavailable(str(error)) from error
    known = keys.public_keys()
    every = {(one.size, one.root, one.signature): one for one in (*in_file, *_in_table(chain, first=first, last=last))}
    ours = {key: one for key, one in every.items() if one.is_signed_by(known)}
    return Evidence(
        sealed_size=chain.sealed_size,
        sealed_hash=chain.sealed_hash,
        size=size,
        head=head,
        checkpoints=list(ours.values()),
        unsigned=[one for key, one in every.items() if key not in ours],
        unrecorded=unrecorded,
    )


def _in_table(chain: Chain, *, first: int, last: int) -> list[Checkpoint]:
    """Those of the part, the furthest, and the seal."""
    rows = CheckpointRow.objects.order_by("-size")
    part = rows.filter(size__gte=first - 1, size__lte=last)
    return [row.signed for row in (*part, *rows[:1], *rows.filter(kind="seal", size=chain.sealed_size))]


def _in_file(path: Path, *, first: int, last: int) -> list[Checkpoint]:
    """Those of the part, and the furthest. A process that cannot see the file does without."""
    if not path.exists():
        return []
    furthest: Checkpoint | None = None
    part = []
    for one in checkpoint_file.read(path, current_organization_id()):
        if first - 1 <= one.size <= last:
            part.append(one)
        if furthest is None or one.size > furthest.size:
            furthest = one
    return [*part, furthest] if furthest else part
