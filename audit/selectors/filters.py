"""Which entries are asked for, and of which a caller sees any."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pymongo import DESCENDING

from audit.documents import AuditLog
from core.actor import Actor
from core.cursors import MILLISECOND, milliseconds_of, moment_of

NEWEST_FIRST: Final = [("created_at", DESCENDING), ("seq", DESCENDING)]
# Entries keep milliseconds: what ends within one has it in.
JUST_BELOW_A_MILLISECOND: Final = MILLISECOND - timedelta(microseconds=1)
# The calendar's last one: who asks for all times names it.
LAST: Final = datetime.max.replace(tzinfo=UTC) - JUST_BELOW_A_MILLISECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What an entry must be to be asked for; None asks nothing."""

    user_id: UUID | None = None
    action: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    since: datetime | None = None
    """The earliest time, itself in."""
    until: datetime | None = None
    """The end of the times, itself out."""

    def as_filter(self) -> dict[str, Any]:
        """MongoDB's filter."""
        names = ("user_id", "action", "resource_type", "resource_id")
        asked = {name: value for name in names if (value := getattr(self, name)) is not None}
        window = {}
        if self.since is not None:
            window["$gte"] = moment_of(milliseconds_of(self.since))
        if self.until is not None:
            window["$lt"] = moment_of(milliseconds_of(min(self.until, LAST) + JUST_BELOW_A_MILLISECOND))
        return {**asked, "created_at": window} if window else asked


def seen_by(actor: Actor, filters: Filters) -> Filters | None:
    """The filters, narrowed to what the caller sees: an admin all of it, others what they did themselves.

    None if that is nothing: MongoDB need not be asked for another's entries.
    """
    if actor.role == "admin":
        return filters
    return replace(filters, user_id=actor.user_id) if filters.user_id in {None, actor.user_id} else None


def may_see(actor: Actor, entry: AuditLog) -> bool:
    """Whether it is among what the caller sees."""
    return actor.role == "admin" or (actor.user_id is not None and entry["user_id"] == actor.user_id)
