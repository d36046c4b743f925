"""Writing to the audit log."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from audit.redaction import redact
from core import outbox
from core.actor import current_origin
from core.jsontypes import JSON

TOPIC: Final = "audit.entry"


def record(
    *,
    action: str,
    resource_type: str,
    resource_id: UUID | str,
    changes: Mapping[str, tuple[JSON, JSON]] | None = None,
) -> None:
    """Record that the current caller did `action` to an object of the scope's organization.

    `changes` maps each changed field to its old and new value; secrets are redacted by field name before they are
    written anywhere. Call it in the transaction that makes the change: the entry is in the log if and only if that
    commits. Raises TransactionManagementError outside a transaction and TenantScopeMissing outside a scope.
    """
    origin = current_origin()
    actor = origin.actor
    outbox.publish(
        TOPIC,
        {
            "user_id": str(actor.user_id) if actor and actor.user_id else None,
            "key_id": actor.key_id if actor else None,
            "action": action,
            "resource_type": resource_type,
            "resource_id": str(resource_id),
            "changes": redact(changes or {}),
            "ip_address": origin.ip_address,
            "user_agent": origin.user_agent,
        },
    )
