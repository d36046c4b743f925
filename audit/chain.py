"""The hash chain over an organization's entries. Needs Python's standard library only, so that an auditor can run it.

An entry's `hash` is the SHA-256, in hex, of its other fields in canonical JSON: keys sorted, no white space, characters
as they are in UTF-8, ids as text, times as `2026-01-27T10:30:00.000+00:00`. Among them are `seq`, which counts from 1,
and `prev_hash`, the hash of the entry before, or 64 zeros: whoever changes, adds, moves or removes an entry breaks
the chain there, unless he computes all later ones anew, which `audit.checkpoints` are against.

The fields are those of `audit.documents.AuditLog`. An export has one entry a line, oldest first and without gaps, with
exactly these fields under these names, ids as text and `created_at` in any spelling of ISO 8601 that
`datetime.fromisoformat` reads; `parsed` makes of a line what `hash_of` takes. After them may come the checkpoints,
`{"checkpoint": {...}}` each, as `audit.checkpoints.Statement.exported` gives them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

# Before the first entry.
NO_HASH: Final = "0" * 64
Entry = Mapping[str, Any]


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one spelling of it. Raises TypeError for what no entry has, and ValueError for numbers that are none."""
    return ENCODER.encode(value).encode()


def hash_of(entry: Entry) -> str:
    """What the entry's hash must be."""
    return hashlib.sha256(canonical({name: value for name, value in entry.items() if name != "hash"})).hexdigest()


def chained(entries: Iterable[Entry], *, size: int, head: str) -> Iterator[dict[str, Any]]:
    """The entries with `seq`, `prev_hash` and `hash`, to follow a chain of `size` entries whose last hash is `head`."""
    for seq, entry in enumerate(entries, size + 1):
        linked = {**entry, "seq": seq, "prev_hash": head}
        head = hashlib.sha256(canonical(linked)).hexdigest()
        linked["hash"] = head
        yield linked


def parsed(line: str) -> dict[str, Any]:
    """An exported entry. Raises ValueError and KeyError if it is none."""
    entry: dict[str, Any] = json.loads(line)
    return {**entry, "created_at": datetime.fromisoformat(entry["created_at"])}


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in an entry.")


ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False, default=_text
)
