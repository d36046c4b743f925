"""The log, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit.documents import AUDIT_LOGS, AuditLog
from audit.selectors.filters import NEWEST_FIRST, Filters, seen_by
from core.actor import Actor
from core.cursors import cursor_of, milliseconds_of, moment_of, position_of


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, and where the next page begins if there is one."""

    entries: Sequence[AuditLog]
    next_cursor: str | None


def page(filters: Filters, *, by: Actor, limit: int, cursor: str | None = None) -> Page:
    """Up to `limit` of the entries that the caller sees, newest first, from `cursor` on.

    A page costs what is on it, however far down it is. Raises NotACursor, and PyMongoError while MongoDB is down.
    """
    seen = seen_by(by, filters)
    if seen is None:
        return Page([], None)
    asked = seen.as_filter()
    found = _newest(asked, limit + 1) if cursor is None else _after(cursor, asked, limit + 1)
    is_more = len(found) > limit
    return Page(found[:limit], cursor_at(found[limit - 1]) if is_more else None)


def _newest(asked: Mapping[str, Any], limit: int) -> list[AuditLog]:
    return list(AUDIT_LOGS.here().find(asked).sort(NEWEST_FIRST).limit(limit))


def _after(cursor: str, asked: Mapping[str, Any], limit: int) -> list[AuditLog]:
    """Two exact ranges of the index: thousands of entries that were made at once have one time in common."""
    milliseconds, seq = position_of(cursor, int, int)
    moment = moment_of(int(milliseconds))
    window = asked.get("created_at", {})
    found: list[AuditLog] = []
    if is_in(window, moment):
        found = _newest({**asked, "created_at": moment, "seq": {"$lt": seq}}, limit)
    if len(found) < limit:
        until = min(window.get("$lt", moment), moment)
        found += _newest({**asked, "created_at": {**window, "$lt": until}}, limit - len(found))
    return found


def is_in(window: Mapping[str, datetime], moment: datetime) -> bool:
    """Whether a moment is within the times that are asked for."""
    return window.get("$gte", moment) <= moment and ("$lt" not in window or moment < window["$lt"])


def cursor_at(entry: AuditLog) -> str:
    """Where this entry is in the list."""
    return cursor_of(milliseconds_of(entry["created_at"]), entry["seq"])
