"""The hash chain over an organization's entries. Needs Python's standard library only, so that an auditor can run it.

An entry's `hash` is the SHA-256, in hex, of its other fields in canonical JSON: keys sorted, no white space, characters
as they are in UTF-8, ids as text, times as `2026-01-27T10:30:00.000+00:00`. Among them are `seq`, which counts from 1,
and `prev_hash`, the hash of the entry before, or 64 zeros: whoever changes, adds, moves or removes an entry breaks
the chain there, unless he computes all later ones anew, which `audit.checkpoints` are against.

The fields are those of `audit.documents.AuditLog`. An export has one entry a line, oldest first and without gaps, with
exactly these fields under these names, ids as text and `created_at` in any spelling of ISO 8601 that
`datetime.fromisoformat` reads; `parsed` makes of a line what `hash_of` takes. After them come the checkpoints, a
`{"checkpoint": {...}}` each, as `audit.checkpoints.Checkpoint.exported` gives them, and last the `{"end": {...}}` of
`audit.endings`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

# Before the first entry.
NO_HASH: Final = "0" * 64
IDS: Final = ("_id", "organization_id", "user_id")
Entry = Mapping[str, Any]
ENCODER: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one spelling of it. Raises TypeError for what is no JSON, and ValueError for numbers that are none."""
    return ENCODER.encode(value).encode()


def digest(value: Mapping[str, Any]) -> str:
    """The SHA-256 of its canonical spelling. Raises what `canonical` raises."""
    return hashlib.sha256(canonical(value)).hexdigest()


def time_text(moment: datetime) -> str:
    """A time as it is hashed and signed: UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def spelled(entry: Entry) -> dict[str, Any]:
    """An entry as it is hashed: ids and times as text, and without its hash.

    Raises KeyError for a field that is missing and TypeError for an id or a time that is none, so that one whose type
    was changed is not taken for the same.
    """
    ids = {name: _id_text(entry[name]) for name in IDS}
    plain = {**entry, **ids, "created_at": time_text(_moment(entry["created_at"]))}
    plain.pop("hash", None)
    return plain


def hash_of(entry: Entry) -> str:
    """What the entry's hash must be. Raises what `spelled` and `canonical` raise."""
    return digest(spelled(entry))


def chained(entries: Iterable[Entry], *, size: int, head: str) -> Iterator[dict[str, Any]]:
    """The entries with `seq`, `prev_hash` and `hash`, to follow a chain of `size` entries whose last hash is `head`."""
    for seq, entry in enumerate(entries, size + 1):
        linked = {**entry, "seq": seq, "prev_hash": head}
        head = hash_of(linked)
        linked["hash"] = head
        yield linked


def parsed(exported: Entry) -> dict[str, Any]:
    """An exported entry as `hash_of` takes it. Raises ValueError, TypeError and KeyError if it is none."""
    ids = {name: UUID(exported[name]) if exported[name] is not None else None for name in IDS}
    return {**exported, **ids, "created_at": datetime.fromisoformat(exported["created_at"])}


def _id_text(value: object) -> str | None:
    if value is not None and not isinstance(value, UUID):
        raise TypeError(f"An id is {type(value).__name__}.")
    return None if value is None else str(value)


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"The time is {type(value).__name__}.")
    return value
