"""The collections `metric_events` and `metric_rollups`."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from bson import Decimal128

from core.mongo import Collection, Index


class MetricEvent(TypedDict):
    """Something that was counted, or the value of a gauge: `value` of `metric` at the moment `at`.

    `_id` is the id of the event that brought it, or made of the id that a client gave it. Whole numbers are ints,
    others decimals, of which sums are exact in whatever order they are made.
    """

    _id: UUID
    organization_id: UUID
    metric: str
    value: int | Decimal128
    at: datetime
    dimensions: dict[str, str]


class MetricRollup(TypedDict):
    """All events of a metric in the quarter of an hour that begins at `start`, in UTC.

    Quarters, because there are time zones whose days begin a quarter before or after the hour. `_id` is made of the
    organization, the metric and the start. The sum is a decimal even when it is whole: ints end at 2^63.
    """

    _id: UUID
    organization_id: UUID
    metric: str
    start: datetime
    sum: Decimal128
    count: int
    min: int | Decimal128
    max: int | Decimal128


METRIC_EVENTS = Collection("metric_events", schema=MetricEvent, indexes=[Index("metric", "at")])
METRIC_ROLLUPS = Collection("metric_rollups", schema=MetricRollup, indexes=[Index("metric", "start", unique=True)])
