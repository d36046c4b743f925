"""What the sums of quarters must be: the raw events, counted by Python in the plainest way."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from bson import Decimal128

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS


def number(value: int | Decimal128) -> Fraction:
    return Fraction(value if isinstance(value, int) else value.to_decimal())


def recounted(organization_id: UUID) -> dict:
    """(metric, start): (sum, count, min, max) of the organization's raw events."""
    found = defaultdict(list)
    for event in METRIC_EVENTS.unscoped().find({"organization_id": organization_id}):
        at = event["at"]
        found[event["metric"], at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)].append(
            number(event["value"])
        )
    return {key: (sum(values), len(values), min(values), max(values)) for key, values in found.items()}


def rolled_up(organization_id: UUID) -> dict:
    """The same as the collection of sums has it."""
    rows = list(METRIC_ROLLUPS.unscoped().find({"organization_id": organization_id}))
    sums = {
        (row["metric"], row["start"]): (number(row["sum"]), row["count"], number(row["min"]), number(row["max"]))
        for row in rows
    }
    assert len(sums) == len(rows)
    return sums


def events_of(organization_id: UUID) -> list[tuple[str, Decimal, str]]:
    """(metric, value, moment) of the organization's raw events, in order of time."""
    rows = METRIC_EVENTS.unscoped().find({"organization_id": organization_id}).sort([("at", 1), ("_id", 1)])
    return [(row["metric"], Decimal(str(row["value"])), row["at"].isoformat()) for row in rows]
