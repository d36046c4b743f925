"""Reading the audit log."""

from typing import Final
from uuid import UUID

from pymongo import DESCENDING
from pymongo.errors import PyMongoError

from audit.documents import AUDIT_LOGS, AuditLog
from core import mongo
from core.errors import Unavailable

MOST: Final = 200


def history_of(*, resource_type: str, resource_id: UUID | str, limit: int = MOST) -> list[AuditLog]:
    """What was done to an object of the scope's organization: the newest `limit` entries, at most 200, newest first.

    Raises Unavailable while MongoDB cannot be read and TenantScopeMissing outside a scope.
    """
    try:
        found = AUDIT_LOGS.here().find({"resource_type": resource_type, "resource_id": str(resource_id)})
        return list(found.sort("created_at", DESCENDING).limit(max(1, min(limit, MOST))))
    except PyMongoError as error:
        if mongo.is_down(error):
            raise Unavailable("The audit log is not available.") from error
        raise
