"""Recording metrics."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from analytics.metrics import IDS
from core import outbox
from core.jsontypes import JSON

TOPIC: Final = "analytics.event"


def record(
    metric: str,
    *,
    value: int | Decimal = 1,
    at: datetime | None = None,
    dimensions: Mapping[str, str] | None = None,
    event_id: UUID | None = None,
) -> None:
    """Record `value` of a metric at a moment, now unless told. Call it in the transaction of what is counted.

    An `event_id` that was recorded before is not recorded again: for what may be counted twice. Raises ValueError for
    an unknown metric, TransactionManagementError outside a transaction and TenantScopeMissing outside a scope.
    """
    payload = _payload(metric, value, at or datetime.now(UTC), dimensions or {})
    outbox.publish(TOPIC, payload, event_id=event_id, once=event_id is not None)


def record_many(
    metric: str, *, moments: Sequence[datetime], event_ids: Sequence[UUID], dimensions: Mapping[str, str] | None = None
) -> None:
    """Record 1 of a metric at each of the moments, with an event id for each, in one statement; as `record` does."""
    payloads = [_payload(metric, 1, at, dimensions or {}) for at in moments]
    outbox.publish_many(TOPIC, payloads, event_ids=event_ids)


def _payload(metric: str, value: int | Decimal, at: datetime, dimensions: Mapping[str, str]) -> Mapping[str, JSON]:
    if metric not in IDS:
        raise ValueError(f"There is no metric {metric!r}.")
    told = value if isinstance(value, int) else str(value)
    return {"metric": metric, "value": told, "at": at.isoformat(), "dimensions": dict(dimensions)}
