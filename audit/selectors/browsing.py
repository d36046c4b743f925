"""The log as people leaf through it: from any page to older entries and back to newer ones, and one entry by itself."""

from dataclasses import dataclass
from uuid import UUID

from audit.documents import AUDIT_LOGS, AuditLog
from audit.selectors.availability import unavailable_while_down
from audit.selectors.exporting import oldest
from audit.selectors.filters import Filters, may_see, seen_by
from audit.selectors.lists import cursor_at, is_in, page
from core.actor import Actor
from core.cursors import moment_of, position_of


@dataclass(frozen=True, slots=True)
class Sheet:
    """Entries, the newest first, and the cursors of the sheets before and behind it if there are such."""

    entries: list[AuditLog]
    newer: str | None
    older: str | None


def sheet(
    filters: Filters, *, by: Actor, limit: int, older_than: str | None = None, newer_than: str | None = None
) -> Sheet:
    """Up to `limit` of the entries that the caller sees: the newest, or those next to a cursor.

    Where fewer than `limit` are newer, it is the newest sheet, which is full. Raises NotACursor, and Unavailable while
    MongoDB cannot be read.
    """
    with unavailable_while_down():
        if newer_than is not None:
            found = _newer(newer_than, filters, by=by, limit=limit + 1)
            if len(found) > limit:
                entries = found[:limit][::-1]
                return Sheet(entries, newer=cursor_at(entries[0]), older=cursor_at(entries[-1]))
        asked = page(filters, by=by, limit=limit, cursor=older_than if newer_than is None else None)
    entries = list(asked.entries)
    is_newest = newer_than is not None or older_than is None
    # A sheet without entries leads back to the newest, which is the one without a cursor.
    newer = None if is_newest or not entries else cursor_at(entries[0])
    return Sheet(entries, newer=newer, older=asked.next_cursor)


def entry_of(entry_id: UUID, *, by: Actor) -> AuditLog | None:
    """The entry with this id if the caller sees it. Raises Unavailable while MongoDB cannot be read."""
    with unavailable_while_down():
        found = AUDIT_LOGS.here().find_one({"_id": entry_id})
    return found if found is not None and may_see(by, found) else None


def _newer(cursor: str, filters: Filters, *, by: Actor, limit: int) -> list[AuditLog]:
    """The next newer ones, the oldest first: two exact ranges of the index, as in a page of older ones."""
    milliseconds, seq = position_of(cursor, int, int)
    moment = moment_of(int(milliseconds))
    seen = seen_by(by, filters)
    if seen is None:
        return []
    asked = seen.as_filter()
    window = asked.get("created_at", {})
    found: list[AuditLog] = []
    if is_in(window, moment):
        found = oldest({**asked, "created_at": moment, "seq": {"$gt": seq}}, limit)
    if len(found) < limit:
        found += oldest({**asked, "created_at": {**window, "$gt": moment}}, limit - len(found))
    return found
