"""Recording metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from analytics.metrics import IDS
from analytics.numbers import Number, value_of
from core import outbox
from core.jsontypes import JSON

TOPIC: Final = "analytics.event"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something that was counted, or the value of a gauge: `value` of `metric` at the moment `at`."""

    metric: str
    at: datetime
    value: Number = 1
    dimensions: Mapping[str, str] = field(default_factory=dict)


def record(
    metric: str,
    *,
    value: Number = 1,
    at: datetime | None = None,
    dimensions: Mapping[str, str] | None = None,
    event_id: UUID | None = None,
) -> None:
    """Record `value` of a metric at a moment, now unless told. Call it in the transaction of what is counted.

    An `event_id` that was recorded before is not recorded again: for what may be counted twice. Raises ValueError for
    an unknown metric and for a value that is too large or too fine, TransactionManagementError outside a transaction
    and TenantScopeMissing outside a scope.
    """
    payload = _payload(Measurement(metric, at or datetime.now(UTC), value, dimensions or {}))
    outbox.publish(TOPIC, payload, event_id=event_id, once=event_id is not None)


def record_many(
    metric: str, *, moments: Sequence[datetime], event_ids: Sequence[UUID], dimensions: Mapping[str, str] | None = None
) -> None:
    """Record 1 of a metric at each of the moments, with an event id for each, in one statement; as `record` does."""
    record_measurements([Measurement(metric, at, 1, dimensions or {}) for at in moments], event_ids=event_ids)


def record_measurements(
    measurements: Sequence[Measurement], *, event_ids: Sequence[UUID], by_client: bool = False
) -> None:
    """Record all of them, with an event id for each, in one statement; as `record` does.

    Of two that a client gave the same id the first one counts. That the platform does so is a bug, and parks the event.
    """
    payloads = [_payload(measurement) for measurement in measurements]
    if by_client:
        payloads = [{**payload, "by_client": True} for payload in payloads]
    outbox.publish_many(TOPIC, payloads, event_ids=event_ids)


def _payload(measurement: Measurement) -> Mapping[str, JSON]:
    if measurement.metric not in IDS:
        raise ValueError(f"There is no metric {measurement.metric!r}.")
    value = value_of(measurement.value)
    return {
        "metric": measurement.metric,
        "value": value if isinstance(value, int) else format(value, "f"),
        "at": measurement.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "dimensions": dict(measurement.dimensions),
    }
