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
from audit.services.lost_rows import is_lost
from audit.services.uncounted import Unrecorded, uncounted
from audit.walking import Fault
from core.errors import Unavailable
from core.tenancy import current_organization_id


@dataclass(frozen=True, slots=True)
class Evidence:
    """How far the log is to go, and the checkpoints of a part of it.

    `size` and `head` are the chain's, and count what a relay wrote before it died. `checkpoints` are signed by a key of
    ours, `unsigned` are not, and of `unknown` nobody can say, since their key is not among ours; the furthest of all is
    among them. `unrecorded` tells of entries beyond the end. `is_row_lost` is that the chain's row is gone.
    """

    sealed_size: int
    sealed_hash: str
    size: int
    head: str
    checkpoints: Sequence[Checkpoint]
    unsigned: Sequence[Checkpoint]
    unknown: Sequence[Checkpoint]
    unrecorded: Fault | None
    is_row_lost: bool

    def root_at(self, size: int) -> str | None:
        """The hash that the entry of this number has by a checkpoint or by the seal, if one is known."""
        if size == self.sealed_size:
            return self.sealed_hash
        return next((one.root for one in self.checkpoints if one.size == size), None)

    def beginning_fault(self) -> Fault | None:
        """The row is gone that counts the entries, or some are missing at the beginning that nobody sealed."""
        return self._row_fault() or self._seal_fault()

    def _row_fault(self) -> Fault | None:
        if not self.is_row_lost:
            return None
        told = f": a signed checkpoint counts {self._furthest}" if self._furthest else ", and there are some"
        reason = f"The row of audit_chain that counts the entries is missing{told}."
        return Fault(1, max(1, self.size, self._furthest), reason)

    def _seal_fault(self) -> Fault | None:
        seal = (self.sealed_size, self.sealed_hash)
        if self.sealed_size == 0 or seal in _seals(self.checkpoints):
            return None
        if seal in _seals(self.unknown):
            key_id = next(one.statement.key_id for one in self.unknown if one.size == self.sealed_size)
            return Fault(1, self.sealed_size, f"The seal at {self.sealed_size} {_unchecked(key_id)}")
        return Fault(1, self.sealed_size, f"Entries up to {self.sealed_size} were deleted without a signed seal.")

    def signature_fault(self, *, proven: int) -> Fault | None:
        """A checkpoint is not ours, or cannot be checked, where the log is proven up to `proven`."""
        doubted = min(self.unsigned or self.unknown, key=lambda one: one.size, default=None)
        if doubted is None:
            return None
        size = doubted.size
        how = "is not signed by one of AUDIT_SIGNING_KEYS." if self.unsigned else _unchecked(doubted.statement.key_id)
        # One beyond the end says nothing of the entries that there are.
        first = self.size + 1 if size > self.size else min(proven + 1, size)
        return Fault(first, size, f"The checkpoint at {size} {how}")

    def end_fault(self) -> Fault | None:
        """Entries are missing at the end, or there are some beyond it."""
        if self._furthest > self.size:
            reason = f"The newest entries are missing: a signed checkpoint counts {self._furthest}."
            return Fault(self.size + 1, self._furthest, reason)
        return self.unrecorded

    @property
    def _furthest(self) -> int:
        return max((one.size for one in self.checkpoints), default=0)


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
            is_row_lost = is_lost(chain)
            try:
                while extra := uncounted(chain):
                    chain.size, chain.head = extra[-1]["seq"], extra[-1]["hash"]
                size, head = chain.size, chain.head
            except Unrecorded as error:
                seq = error.seq if isinstance(error.seq, int) else size + 1
                unrecorded = Fault(size + 1, seq, str(error))
            in_table = _in_table(chain, first=first, last=last)
    except ChainIsLocked as error:
        raise Unavailable(str(error)) from error
    if chain._state.adding and Chain.objects.exists():
        # Where there was no row there was no lock: a relay has written the first one meanwhile.
        return gathered(first=first, last=last, checkpoints_file=checkpoints_file)
    known = keys.public_keys()
    every = {(one.size, one.root, one.signature): one for one in (*in_file, *in_table)}
    ours = {key: one for key, one in every.items() if one.is_signed_by(known)}
    others = [one for key, one in every.items() if key not in ours]
    return Evidence(
        sealed_size=chain.sealed_size,
        sealed_hash=chain.sealed_hash,
        size=size,
        head=head,
        checkpoints=list(ours.values()),
        unsigned=[one for one in others if one.is_of_one_of(known)],
        unknown=[one for one in others if not one.is_of_one_of(known)],
        unrecorded=unrecorded,
        is_row_lost=is_row_lost,
    )


def _seals(checkpoints: Sequence[Checkpoint]) -> set[tuple[int, str]]:
    return {(one.size, one.root) for one in checkpoints if one.statement.kind == "seal"}


def _unchecked(key_id: str) -> str:
    return f"cannot be checked: its key {key_id} is not one of AUDIT_SIGNING_KEYS."


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
