"""Metrics: daily sums beside aggregating the raw events, at ten million events and at a million."""

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from benchmarks._mongo import (  # sets Django up: first
    PATIENCE_SECONDS,
    ROUNDS,
    console,
    organizations,
    table,
    without_indexes,
)

# isort: split
import pymongo
from django.core.management import call_command

from analytics.documents import METRIC_EVENTS
from analytics.selectors.series import daily
from benchmarks._stopwatch import Stopwatch
from core import tenancy
from core.mongo import database

EVENTS: Final = int(os.environ.get("BENCH_EVENTS", "10_000_000"))
FEWER: Final = EVENTS // 10
RAW_ROUNDS: Final = 3
DAYS: Final = 30
METRIC: Final = "messages_sent"
NUMBERS: Final = "bench_numbers"
STEP: Final = 1000
Json = dict[str, Any]


def main() -> None:
    """Fill, roll up, measure."""
    many, few = (organization.pk for organization in organizations(2))
    fill({many: EVENTS, few: FEWER})
    watch = Stopwatch()
    watch.time("rebuild", call_command, "rebuild_metrics")
    for number in range(ROUNDS + 1):
        for name, organization_id in (("many", many), ("few", few)):
            with tenancy.scope(organization_id):
                if number:
                    watch.time(name, daily, metric=METRIC, days=DAYS)
                else:
                    daily(metric=METRIC, days=DAYS)
    with pymongo.timeout(PATIENCE_SECONDS):
        for _ in range(RAW_ROUNDS):
            raw = watch.time("raw", raw_daily, many)
    with tenancy.scope(many):
        require_same(raw)
    report(watch)


def fill(wanted: dict[UUID, int]) -> None:
    """Make the events inside MongoDB, spread evenly over the days: there they are made ten times as fast."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=DAYS - 2)
    apart = timedelta(days=DAYS - 3) / timedelta(milliseconds=1)
    numbers = database()[NUMBERS]
    with without_indexes(METRIC_EVENTS):
        for position, (organization_id, number) in enumerate(wanted.items()):
            console.print(f"Making {number:,} events")
            numbers.drop()
            numbers.insert_many([{"_id": one} for one in range(number // STEP)])
            target = METRIC_EVENTS.name if not position else f"{METRIC_EVENTS.name}_{position}"
            numbers.aggregate(
                [
                    {"$set": {"step": {"$range": [0, STEP]}}},
                    {"$unwind": "$step"},
                    {"$set": {"n": {"$add": [{"$multiply": ["$_id", STEP]}, "$step"]}}},
                    {
                        "$project": {
                            "_id": {"$add": ["$n", position * EVENTS]},
                            "organization_id": {"$literal": organization_id},
                            "metric": {"$literal": METRIC},
                            "value": {"$add": [1, {"$mod": ["$n", 7]}]},
                            "at": {"$add": [begin, {"$floor": {"$multiply": [{"$divide": ["$n", number]}, apart]}}]},
                            "dimensions": {"$literal": {}},
                        }
                    },
                    {"$out": target} if not position else {"$merge": METRIC_EVENTS.name},
                ],
                allowDiskUse=True,
            )
        numbers.drop()


def raw_daily(organization_id: UUID) -> list[Json]:
    """What one would write without rollups: the index finds the month's events, and each is read."""
    since = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    return list(
        database()[METRIC_EVENTS.name].aggregate(
            [
                {"$match": {"organization_id": organization_id, "metric": METRIC, "at": {"$gte": since}}},
                {
                    "$group": {
                        "_id": {"$dateTrunc": {"date": "$at", "unit": "day"}},
                        "total": {"$sum": "$value"},
                        "count": {"$sum": 1},
                    }
                },
                {"$sort": {"_id": 1}},
            ],
        )
    )


def require_same(raw: list[Json]) -> None:
    """Raises AssertionError unless the sums are those of the events."""
    ours = {
        row["date"]: (Decimal(row["total"]), row["count"]) for row in daily(metric=METRIC, days=DAYS) if row["count"]
    }
    assert ours == {f"{row['_id']:%Y-%m-%d}": (Decimal(row["total"]), row["count"]) for row in raw}  # noqa: S101


def report(watch: Stopwatch) -> None:
    """Print."""
    made = table(f"Daily sums over {DAYS} days", "", "milliseconds", "ratio", "wanted")
    made.add_row(f"{EVENTS:,} raw events aggregated", f"{watch['raw']:,.1f}", "", "")
    made.add_row(f"ours at {EVENTS:,}", f"{watch['many']:.2f}", f"1/{watch['raw'] / watch['many']:,.0f}", "<= 1/100")
    made.add_row(f"ours at {FEWER:,}", f"{watch['few']:.2f}", f"{watch['many'] / watch['few']:.2f}", "about 1")
    made.add_row("rollups rebuilt from all events", f"{watch['rebuild']:,.0f}", "", "")
    console.print(made)


if __name__ == "__main__":
    main()
