"""Making the sums anew from the raw events, while events arrive.

A transaction sees a day's events and sums as of one moment, and writes the sums that differ. An event that arrives
meanwhile changes its sum too: one of the two transactions begins anew.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bson import Decimal128
from pymongo.errors import PyMongoError

from analytics.documents import METRIC_EVENTS, METRIC_ROLLUPS
from analytics.numbers import restored, stored
from analytics.rollups import QUARTER, Bucket, Sums, rollup_id
from core import mongo
from core.scope import current_organization_id

DAY: Final = timedelta(days=1)
EXACTLY: Final = {"$sum": {"$toDecimal": "$value"}}
START: Final = {"$dateTrunc": {"date": "$at", "unit": "minute", "binSize": 15}}


@dataclass(frozen=True, slots=True)
class Window:
    """A time of a metric, in UTC: whole quarters of an hour, the last one not included."""

    metric: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A quarter whose sums were not those of its events; None where there were none."""

    bucket: Bucket
    stored: Sums | None
    counted: Sums | None


def windows(*, metrics: Iterable[str], since: datetime | None, until: datetime | None) -> list[Window]:
    """The days in which there are events or sums of these metrics in the scope's organization. Raises PyMongoError."""
    found = []
    for metric in metrics:
        first, last = _ends(metric)
        if first is None or last is None:
            continue
        day = max(first, since or first).replace(hour=0, minute=0, second=0, microsecond=0)
        while day <= last and (until is None or day < until):
            found.append(Window(metric, day, day + DAY))
            day += DAY
    return found


def rebuild(*, window: Window, check_only: bool = False) -> list[Difference]:
    """Put the sums of the scope's organization right, or with `check_only` just look. Returns what differed.

    What has too many events for one transaction is done half by half. Raises PyMongoError.
    """
    try:
        return mongo.in_transaction(lambda session: _rebuild(window, session, check_only=check_only))
    except PyMongoError as error:
        middle = window.since + (window.until - window.since) // QUARTER // 2 * QUARTER
        if not error.timeout or middle == window.since:
            raise
    halves = (Window(window.metric, window.since, middle), Window(window.metric, middle, window.until))
    return [found for half in halves for found in rebuild(window=half, check_only=check_only)]


def _rebuild(window: Window, session: mongo.Session, *, check_only: bool) -> list[Difference]:
    counted, kept = _counted(window, session), _kept(window, session)
    differences = [
        Difference(bucket, kept.get(bucket), counted.get(bucket))
        for bucket in sorted(counted.keys() | kept.keys())
        if kept.get(bucket) != counted.get(bucket)
    ]
    if not check_only:
        _put_right(differences, session)
    return differences


def _put_right(differences: Iterable[Difference], session: mongo.Session) -> None:
    updates = []
    for found in differences:
        sums = found.counted
        if sums is None:
            METRIC_ROLLUPS.here().delete_many(_key(found.bucket), session=session)
        else:
            updates.append((_key(found.bucket), _replacing(found.bucket, sums)))
    if updates:
        METRIC_ROLLUPS.here().update_each(updates, upsert=True, session=session)


def _key(bucket: Bucket) -> Mapping[str, Any]:
    return {"metric": bucket.metric, "start": bucket.start}


def _replacing(bucket: Bucket, sums: Sums) -> Mapping[str, Any]:
    return {
        "$setOnInsert": {"_id": rollup_id(current_organization_id(), bucket)},
        "$set": {
            "sum": Decimal128(str(sums.sum)),
            "count": sums.count,
            "min": stored(sums.min),
            "max": stored(sums.max),
        },
    }


def _counted(window: Window, session: mongo.Session) -> Mapping[Bucket, Sums]:
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"metric": window.metric, "at": {"$gte": window.since, "$lt": window.until}}},
        {
            "$group": {
                "_id": START,
                "sum": EXACTLY,
                "count": {"$sum": 1},
                "min": {"$min": "$value"},
                "max": {"$max": "$value"},
            }
        },
    ]
    found = METRIC_EVENTS.here().aggregate(pipeline, session=session)
    return {Bucket(window.metric, row["_id"].astimezone(UTC)): _sums(row) for row in found}


def _kept(window: Window, session: mongo.Session) -> Mapping[Bucket, Sums]:
    asked = {"metric": window.metric, "start": {"$gte": window.since, "$lt": window.until}}
    found = METRIC_ROLLUPS.here().find(asked, session=session)
    return {Bucket(window.metric, row["start"].astimezone(UTC)): _sums(row) for row in found}


def _sums(row: Mapping[str, Any]) -> Sums:
    return Sums(restored(row["sum"]), row["count"], restored(row["min"]), restored(row["max"]))


def _ends(metric: str) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment of the metric's events and sums."""
    moments = [*_ends_in(METRIC_EVENTS, "at", metric), *_ends_in(METRIC_ROLLUPS, "start", metric)]
    return min(moments, default=None), max(moments, default=None)


def _ends_in(collection: mongo.Collection[Any], field: str, metric: str) -> Iterator[datetime]:
    for direction in (1, -1):
        for row in collection.here().find({"metric": metric}, {field: 1}).sort(field, direction).limit(1):
            yield row[field].astimezone(UTC)
