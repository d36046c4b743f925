"""Writing to the audit log."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, Final, TypeAlias
from uuid import UUID

from audit.redaction import redact, storable_text
from core import outbox
from core.actor import current_origin
from core.jsontypes import JSON
from core.outbox.including import PAYLOAD, including, insert_for

TOPIC: Final = "audit.entry"
Changes: TypeAlias = Mapping[str, tuple[JSON, JSON]]


def record(
    *,
    action: str,
    resource_type: str,
    resource_id: UUID | str,
    changes: Changes | None = None,
) -> None:
    """Record that the current caller did `action` to an object of the scope's organization.

    `changes` maps each changed field to its old and new value; secrets are redacted by field name before they are
    written anywhere. Call it in the transaction that makes the change: the entry is in the log if and only if that
    commits. Raises TransactionManagementError outside a transaction and TenantScopeMissing outside a scope.
    """
    outbox.publish(TOPIC, _entry(action, resource_type, resource_id, changes or {}))


def record_many(
    *,
    action: str,
    resource_type: str,
    resource_ids: Iterable[UUID | str],
    changes: Mapping[Any, Changes] | None = None,
) -> None:
    """Record that the current caller did `action` to each of the objects: an entry for each, in one statement.

    `changes` has what `record` is told of an object under its id; those that it has not are recorded without values.
    Raises what `record` raises.
    """
    shared = _entry(action, resource_type, "", {})
    told = changes or {}
    outbox.publish_many(
        TOPIC,
        [
            {**shared, "resource_id": storable_text(str(resource_id)), "changes": redact(told.get(resource_id, {}))}
            for resource_id in resource_ids
        ],
    )


def recording(
    *, action: str, resource_type: str, changes: Changes | None = None
) -> AbstractContextManager[dict[str, Any]]:
    """Parameters for a statement that makes an object and its entry at once: it has `entry_of` in it.

    For what must be quick; see `core.outbox.including`. Otherwise it does what `record` does.
    """
    return including(TOPIC, _entry(action, resource_type, "", changes or {}))


def entry_of(made: str, *, key: str = "id") -> str:
    """The part of such a statement that writes the entry of the object in `made`, whose id is in `key`."""
    return insert_for(made, payload=f"jsonb_set({PAYLOAD}, '{{resource_id}}', to_jsonb({key}::text))")


def _entry(action: str, resource_type: str, resource_id: UUID | str, changes: Changes) -> Mapping[str, JSON]:
    origin = current_origin()
    actor = origin.actor
    return {
        "user_id": str(actor.user_id) if actor and actor.user_id else None,
        "key_id": actor.key_id if actor else None,
        "action": action,
        "resource_type": resource_type,
        "resource_id": storable_text(str(resource_id)),
        "changes": redact(changes),
        "ip_address": origin.ip_address,
        "user_agent": storable_text(origin.user_agent),
    }
