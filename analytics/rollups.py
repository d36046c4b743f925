"""What a quarter of an hour adds up to, and which one an event belongs to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid5

from bson import Decimal128

from analytics.documents import MetricEvent
from analytics.numbers import Number, restored, stored, total

QUARTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """A quarter of an hour of a metric; `start` is in UTC."""

    metric: str
    start: datetime


@dataclass(frozen=True, slots=True)
class Sums:
    """What events add up to."""

    sum: Number
    count: int
    min: Number
    max: Number


def bucket_of(metric: str, at: datetime) -> Bucket:
    """The bucket of a moment in UTC."""
    return Bucket(metric, at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0))


def rollup_id(organization_id: UUID, bucket: Bucket) -> UUID:
    """The same for the same bucket, so that whoever makes it first makes the one that there is."""
    return uuid5(organization_id, f"{bucket.metric} {bucket.start.isoformat()}")


def summed(events: Iterable[MetricEvent]) -> Mapping[Bucket, Sums]:
    """What each bucket gets of these events, in the order of buckets."""
    values: dict[Bucket, list[Number]] = {}
    for event in events:
        values.setdefault(bucket_of(event["metric"], event["at"]), []).append(restored(event["value"]))
    return {bucket: sums_of(values[bucket]) for bucket in sorted(values)}


def sums_of(values: list[Number]) -> Sums:
    """What the values, of which there is one at least, add up to."""
    return Sums(total(values), len(values), min(values), max(values))


def added(bucket: Bucket, sums: Sums) -> Mapping[str, Any]:
    """The update of a rollup that counts more events in, and makes it if it is the bucket's first.

    The sum is a decimal from the beginning on: whole numbers of MongoDB's end at 2^63.
    """
    return {
        "$setOnInsert": {"metric": bucket.metric, "start": bucket.start},
        "$inc": {"sum": Decimal128(Decimal(sums.sum)), "count": sums.count},
        "$min": {"min": stored(sums.min)},
        "$max": {"max": stored(sums.max)},
    }
