"""The audit log's end of the outbox."""

from collections.abc import Sequence
from uuid import UUID

from audit.documents import AUDIT_LOGS, AuditLog
from audit.services import TOPIC
from core import mongo, outbox


@outbox.consumer(TOPIC, batch_size=500)
def write_entries(events: Sequence[outbox.Event]) -> None:
    """Write a batch of entries. Those that are there already, from a batch whose mark was lost, count as written."""
    try:
        with mongo.retry_while_down():
            AUDIT_LOGS.here().insert_once([_entry(event) for event in events])
    except mongo.DocumentDiffers as error:
        raise outbox.Reject(str(error)) from error


def _entry(event: outbox.Event) -> AuditLog:
    payload = event.payload
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
        "created_at": event.created_at,
    }
