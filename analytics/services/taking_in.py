"""Events that programs hand in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from analytics.services.recording import Measurement, record_measurements
from audit import services as audit
from core.scope import current_organization_id

RESOURCE: Final = "metric_events"


@dataclass(frozen=True, slots=True)
class Given:
    """A measurement, and the id that whoever handed it in has for it, if any."""

    measurement: Measurement
    id: str | None = None


@transaction.atomic
def take_in(*, events: Sequence[Given]) -> list[UUID]:
    """Record the events, of which there is one at least, and return their ids, in their order.

    Events with one id of the caller's, now or ever, are one in the organization: the first one counts.
    """
    event_ids = [_event_id(event.id) for event in events]
    record_measurements([event.measurement for event in events], event_ids=event_ids, by_client=True)
    metrics = sorted({event.measurement.metric for event in events})
    audit.record(
        action="create",
        resource_type=RESOURCE,
        resource_id=event_ids[0],
        changes={"events": (None, len(events)), "metrics": (None, metrics)},
    )
    return event_ids


def _event_id(given: str | None) -> UUID:
    # Named for metrics: a message that has the same id is another thing.
    return uuid4() if given is None else uuid5(current_organization_id(), f"metric event {given}")
