"""What was done to one object."""

from typing import Final
from uuid import UUID

from audit.documents import AUDIT_LOGS, AuditLog
from audit.selectors.availability import unavailable_while_down
from audit.selectors.filters import NEWEST_FIRST, Filters, seen_by
from core.actor import Actor

MOST: Final = 200


def history(*, resource_id: str, resource_type: str | None, by: Actor, limit: int) -> list[AuditLog]:
    """The newest `limit` of the entries about an object that the caller sees, oldest first.

    An id that is a number may be that of objects of several types. Raises PyMongoError while MongoDB is down.
    """
    seen = seen_by(by, Filters(resource_id=resource_id, resource_type=resource_type))
    if seen is None:
        return []
    return list(AUDIT_LOGS.here().find(seen.as_filter()).sort(NEWEST_FIRST).limit(limit))[::-1]


def history_of(*, resource_type: str, resource_id: UUID | str, limit: int = MOST) -> list[AuditLog]:
    """What was done to an object of the scope's organization: the newest `limit` entries, at most 200, newest first.

    Raises Unavailable while MongoDB cannot be read and TenantScopeMissing outside a scope.
    """
    asked = Filters(resource_type=resource_type, resource_id=str(resource_id)).as_filter()
    with unavailable_while_down():
        return list(AUDIT_LOGS.here().find(asked).sort(NEWEST_FIRST).limit(max(1, min(limit, MOST))))
