"""Writing an event down, in the transaction that causes it."""

import json
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid4

from django.db import connection, transaction

from core.actor import current_origin
from core.jsontypes import JSON
from core.outbox import store
from core.outbox.consuming import consumer_of
from core.outbox.waking import Wake
from core.scope import current_organization_id

ENCODER: Final = json.JSONEncoder(allow_nan=False, ensure_ascii=False)


def publish(topic: str, payload: Mapping[str, JSON], *, event_id: UUID | None = None, once: bool = False) -> UUID:
    """Publish an event of the scope's organization, to be delivered after the surrounding transaction has committed.

    With `once`, an `event_id` that was published before, and is remembered, is not published again. Returns its id.
    Raises TransactionManagementError outside a transaction, TenantScopeMissing outside a scope,
    UnknownTopic for a topic nobody consumes, ValueError for a payload that is not JSON, and IntegrityError for an
    `event_id` that was published before.
    """
    _require_transaction(topic)
    consumer_of(topic)
    event_id = event_id or uuid4()
    store.insert(
        event_id=event_id,
        organization_id=current_organization_id(),
        topic=topic,
        payload=as_text(payload),
        request_id=current_origin().request_id,
        once=once,
    )
    wake_after_commit(topic)
    return event_id


def publish_many(
    topic: str, payloads: Sequence[Mapping[str, JSON]], *, event_ids: Sequence[UUID] | None = None
) -> None:
    """Publish an event for each of the payloads, all of one topic, in one statement. Raises what `publish` raises.

    With `event_ids`, one for each payload, those that were published before, and are remembered, are left out. Raises
    ValueError, too, if they are not as many.
    """
    _require_transaction(topic)
    consumer_of(topic)
    if event_ids is not None and len(event_ids) != len(payloads):
        raise ValueError(f"There are {len(event_ids)} ids for {len(payloads)} payloads.")
    if not payloads:
        return
    store.insert_many(
        event_ids=event_ids if event_ids is not None else [uuid4() for _ in payloads],
        organization_id=current_organization_id(),
        topic=topic,
        payloads=[as_text(payload) for payload in payloads],
        request_id=current_origin().request_id,
        once=event_ids is not None,
    )
    wake_after_commit(topic)


def _require_transaction(topic: str) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            f"An event of {topic} was published outside a transaction: open one with transaction.atomic()."
        )


def as_text(payload: Mapping[str, JSON]) -> str:
    """The payload as it is stored. Raises ValueError if it is not JSON."""
    return ENCODER.encode(payload)


def wake_after_commit(topic: str) -> None:
    """Wake the topic's relay once when the surrounding transaction commits, however often this is called in it.

    What is registered is looked up and not remembered: a savepoint that rolls back takes its own wake with it.
    """
    wake = Wake(topic)
    if all(entry[1] != wake for entry in connection.run_on_commit):
        transaction.on_commit(wake, robust=True)
