"""What an event of the outbox is as an entry of the log."""

from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

# What the chain adds to what was recorded.
LINKS: Final = frozenset({"seq", "prev_hash", "hash"})
Entry = dict[str, Any]


class Recorded(Protocol):
    """An event, or its row."""

    @property
    def id(self) -> UUID: ...
    @property
    def organization_id(self) -> UUID | None: ...  # as Django's stubs have it
    @property
    def payload(self) -> Any: ...  # noqa: ANN401 -- JSON
    @property
    def request_id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...


def entry_from(event: Recorded) -> Entry:
    """The entry without its links, exactly as MongoDB gives it back: times have milliseconds."""
    payload = event.payload
    created_at = event.created_at
    return {
        "_id": event.id,
        "organization_id": event.organization_id,
        "user_id": UUID(payload["user_id"]) if payload["user_id"] else None,
        "key_id": payload["key_id"],
        "action": payload["action"],
        "resource_type": payload["resource_type"],
        "resource_id": payload["resource_id"],
        "changes": payload["changes"],
        "ip_address": payload["ip_address"],
        "user_agent": payload["user_agent"],
        "request_id": event.request_id,
        "created_at": created_at.replace(microsecond=created_at.microsecond // 1000 * 1000),
    }
