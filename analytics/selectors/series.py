"""Sums of a metric by day and by hour.

One aggregation each, over the quarters of an hour asked for: what it costs does not depend on how many events there
were.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypedDict
from zoneinfo import ZoneInfo

from django.utils import timezone

from analytics.documents import METRIC_ROLLUPS
from analytics.numbers import Number, average, restored, total
from analytics.selectors.slots import Slot, Slots, last_days, last_hours

GREENWICH: Final = ZoneInfo("UTC")
SUMS: Final = {"sum": {"$sum": "$sum"}, "count": {"$sum": "$count"}, "min": {"$min": "$min"}, "max": {"$max": "$max"}}


class Totals(TypedDict):
    """What events add up to; `average` has two decimals. Of none, `min` and `max` are None."""

    total: Number
    count: int
    average: float
    min: Number | None
    max: Number | None


class Day(Totals):
    """A day: `2026-01-27`."""

    date: str


class Hour(Totals):
    """An hour: `2026-01-27 09:00`."""

    hour: str


def daily(*, metric: str, days: int, zone: ZoneInfo = GREENWICH, moment: datetime | None = None) -> list[Day]:
    """Each of so many days, oldest first; the last one is that of the moment, now unless told.

    A day that the zone's calendar left out is empty. Raises PyMongoError.
    """
    slots = last_days(days, zone=zone, moment=moment or timezone.now())
    found = _sums(metric, slots)
    return [{"date": f"{slot.wall:%Y-%m-%d}", **_totals(found.get(slot))} for slot in slots.slots]


def hourly(*, metric: str, hours: int, zone: ZoneInfo = GREENWICH, moment: datetime | None = None) -> list[Hour]:
    """Each of so many hours, oldest first; the last one is that of the moment, now unless told.

    An hour that the clock shows twice is two. Raises PyMongoError.
    """
    slots = last_hours(hours, zone=zone, moment=moment or timezone.now())
    found = _sums(metric, slots)
    return [{"hour": f"{slot.wall:%Y-%m-%d %H:%M}", **_totals(found.get(slot))} for slot in slots.slots]


def totals_of(rows: Sequence[Totals]) -> Totals:
    """What rows add up to."""
    sum_, count = total([row["total"] for row in rows]), sum(row["count"] for row in rows)
    lows = [row["min"] for row in rows if row["min"] is not None]
    highs = [row["max"] for row in rows if row["max"] is not None]
    return _told(sum_, count, min(lows, default=None), max(highs, default=None))


def _sums(metric: str, asked: Slots) -> Mapping[Slot, Mapping[str, Any]]:
    slot = {"wall": asked.wall} | ({"offset": asked.offset} if asked.unit == "hour" else {})
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"metric": metric, "start": {"$gte": asked.since, "$lt": asked.until}}},
        {"$group": {"_id": slot, **SUMS}},
    ]
    return {_slot(found["_id"]): found for found in METRIC_ROLLUPS.here().aggregate(pipeline)}


def _slot(found: Mapping[str, Any]) -> Slot:
    offset = timedelta(milliseconds=found["offset"]) if "offset" in found else None
    return Slot(found["wall"].astimezone(UTC).replace(tzinfo=None), offset)


def _totals(found: Mapping[str, Any] | None) -> Totals:
    if found is None:
        return _told(0, 0, None, None)
    return _told(restored(found["sum"]), found["count"], restored(found["min"]), restored(found["max"]))


def _told(sum_: Number, count: int, low: Number | None, high: Number | None) -> Totals:
    return {"total": sum_, "count": count, "average": average(sum_, count), "min": low, "max": high}
