"""The collection `audit_logs`."""

from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from core.mongo import Collection, Index


class AuditLog(TypedDict):
    """One entry. `_id` is the id of the event that brought it; `changes` is `{field: [old, new]}`, secrets redacted.

    `resource_id` is a string, since it may be any app's kind of id. Who acted is a user, a key (by its name) or,
    with neither, the system itself. `seq` counts the organization's entries from 1; `hash` is the SHA-256 of everything
    else in the entry, among it `prev_hash`, that of the entry before: see `audit.chain`.
    """

    _id: UUID
    organization_id: UUID
    user_id: UUID | None
    key_id: str | None
    action: str
    resource_type: str
    resource_id: str
    changes: dict[str, list[Any]]
    ip_address: str | None
    user_agent: str
    request_id: str
    created_at: datetime
    seq: int
    prev_hash: str
    hash: str


AUDIT_LOGS = Collection(
    "audit_logs",
    schema=AuditLog,
    indexes=[
        Index("seq", unique=True),
        Index("-created_at", "-seq"),
        Index("user_id", "-created_at", "-seq"),
        Index("action", "-created_at", "-seq"),
        Index("resource_type", "-created_at", "-seq"),
        # The history of one object. An id that is a number may be that of objects of several types: few, so that the
        # type comes last, where those who do not ask for it still find the order.
        Index("resource_id", "-created_at", "-seq", "resource_type"),
    ],
)
