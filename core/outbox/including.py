"""An event as a part of the statement that causes it: one round trip for both, for what must be quick."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

from core.actor import current_origin
from core.jsontypes import JSON
from core.outbox.consuming import consumer_of
from core.outbox.publishing import as_text, wake_after_commit
from core.scope import current_organization_id

PAYLOAD: Final = "%(event_payload)s::jsonb"


@contextmanager
def including(topic: str, payload: Mapping[str, JSON]) -> Iterator[dict[str, Any]]:
    """Parameters for the block's statement, which has `insert_for` in it, and so writes an event of the scope's down.

    A statement is a transaction by itself where no other surrounds it: both are there, or neither. After the block the
    relay is woken, or after the surrounding transaction. Raises what `publish` raises but for want of a transaction.
    """
    consumer_of(topic)
    yield {
        "event_id": uuid4(),
        "event_organization_id": current_organization_id(),
        "event_topic": topic,
        "event_payload": as_text(payload),
        "event_request_id": current_origin().request_id,
    }
    wake_after_commit(topic)


def insert_for(cause: str, *, payload: str = PAYLOAD) -> str:
    """The part that writes the event, for the only row of `cause`, which may add to `payload` what only it knows."""
    return f"""
        INSERT INTO outbox_event (id, organization_id, topic, payload, request_id)
        SELECT %(event_id)s, %(event_organization_id)s, %(event_topic)s, {payload}, %(event_request_id)s FROM {cause}
    """  # noqa: S608 -- callers give constants
