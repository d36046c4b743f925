"""What somebody did."""

from datetime import datetime
from uuid import UUID

from audit.documents import AUDIT_LOGS, AuditLog
from audit.errors import SomebodyElses
from audit.selectors.filters import NEWEST_FIRST, Filters
from core.actor import Actor


def activity_of(user_id: UUID, *, by: Actor, since: datetime, limit: int) -> list[AuditLog]:
    """The newest `limit` of a user's entries since then, newest first.

    Raises SomebodyElses if the caller is neither that user nor an admin, and PyMongoError while MongoDB is down.
    """
    if by.role != "admin" and by.user_id != user_id:
        raise SomebodyElses
    asked = Filters(user_id=user_id, since=since).as_filter()
    return list(AUDIT_LOGS.here().find(asked).sort(NEWEST_FIRST).limit(limit))
