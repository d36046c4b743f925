"""Following a log entry by entry, and finding where somebody else wrote. Standard library only, as `audit.chain`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from audit.chain import hash_of


@dataclass(frozen=True, slots=True)
class Fault:
    """The log was changed somewhere from the entry `first_bad_seq` to the entry `last_bad_seq`, and how that shows."""

    first_bad_seq: int
    last_bad_seq: int
    reason: str


class Root(Protocol):
    """What a checkpoint says: of `size` entries, the last had the hash `root`."""

    @property
    def size(self) -> int: ...
    @property
    def root(self) -> str: ...


class Walk:
    """Takes the entries after the first `size`, of which the last has the hash `head`, in the order of their `seq`.

    `proven` is the last place at which the log agreed with a checkpoint: what follows it could have been computed anew
    by whoever can write to the database, until it agrees with the next one.
    """

    def __init__(self, *, size: int, head: str, roots: Iterable[Root] = ()) -> None:
        self.size = size
        self.head = head
        self.proven = size
        self.compared = 0
        self._before = head
        self._roots: dict[int, list[str]] = defaultdict(list)
        for one in roots:
            self._roots[one.size].append(one.root)

    def take(self, entry: Mapping[str, Any]) -> Fault | None:
        """Follow the next entry, or say what is wrong there and stay."""
        seq = self.size + 1
        if entry.get("seq") != seq:
            return self._misplaced(entry, seq)
        if not is_itself(entry):
            if self.size > self.proven and _follows(entry, head=self._before, seq=self.size):
                return Fault(self.size, self.size, f"Entry {self.size} was inserted: the one after it was there first.")
            return Fault(seq, seq, f"Entry {seq} was changed: it does not have the hash of its content.")
        if entry.get("prev_hash") != self.head:
            first = self.size if self.size > self.proven else seq
            return Fault(first, seq, f"Entry {seq} does not follow the one before it: one of the two was replaced.")
        self._before, self.head, self.size = self.head, entry["hash"], seq
        return self._compare()

    def end(self, *, size: int, head: str) -> Fault | None:
        """Say what is wrong if the log was to have `size` entries, the last with the hash `head`."""
        if self.size < size:
            return Fault(self.size + 1, size, f"The newest entries are missing: {size} were written.")
        if self.head != head:
            return Fault(
                self.proven + 1, size, f"Entries up to {size} were replaced: the last is not the one that was written."
            )
        return None

    def _compare(self) -> Fault | None:
        for root in self._roots.get(self.size, ()):
            if root != self.head:
                reason = f"Entries up to {self.size} were replaced: a signed checkpoint has another hash there."
                return Fault(self.proven + 1, self.size, reason)
            self.compared += 1
            self.proven = self.size
        return None

    def _misplaced(self, entry: Mapping[str, Any], seq: int) -> Fault:
        found = entry.get("seq")
        if isinstance(found, int) and found > seq:
            return Fault(seq, found - 1, f"Entry {seq} is missing: the next one is {found}.")
        return Fault(seq, seq, f"An entry {found} stands where entry {seq} is to be.")


def is_itself(entry: Mapping[str, Any]) -> bool:
    """Whether the entry has the hash of its content. One with fields that no entry has is not."""
    try:
        return bool(entry["hash"] == hash_of(entry))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        return False


def _follows(entry: Mapping[str, Any], *, head: str, seq: int) -> bool:
    return entry.get("prev_hash") == head and is_itself({**entry, "seq": seq})
