"""Sums by day and by hour: what may be asked, and what is answered."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias

import orjson
from rest_framework import serializers

from analytics.metrics import SAMPLED
from analytics.numbers import Number, change_percent, mean
from analytics.selectors import Totals, totals_of
from analytics.serializers.words import MetricField, ZoneField
from core.reading import ReadQuery

Json: TypeAlias = dict[str, Any]
PREVIOUS: Final = "previous"
EXTREMES: Final = ("min", "max")
# orjson writes ints of 64 bits; sums may have more.
LARGEST_INT: Final = 2**63
# Five years, and with `compare` ten: of twice as many quarters MongoDB may not be through within an operation's 5 s.
MOST_DAYS: Final = 1830


class SeriesQuery(ReadQuery):
    """What daily and hourly sums have in common."""

    tz = ZoneField(default="UTC", help_text="Whose clock: a time zone's IANA name.")
    compare = serializers.ChoiceField(
        choices=[PREVIOUS], default=None, help_text="`previous` adds the period of the same length before it."
    )
    extremes = serializers.BooleanField(default=False, help_text="Adds the least and the greatest value.")


class DailyQuery(SeriesQuery):
    """Which days of which metric."""

    metric_type = MetricField(default="messages_sent")
    days = serializers.IntegerField(
        min_value=1, max_value=MOST_DAYS, default=30, help_text="So many; the last is today."
    )


class HourlyQuery(SeriesQuery):
    """Which hours of which metric."""

    metric_type = MetricField(default="campaigns_executed")
    hours = serializers.IntegerField(min_value=1, max_value=8784, default=24, help_text="So many; the last is now.")


def series(rows: Sequence[Any], *, shown: Sequence[str], query: Json, number: int) -> Json:
    """`count` and `data` of the newest `number` rows, and what else the query asks for.

    `rows` begin with the period before if that is compared; `shown` are the documented keys of a row.
    """
    keys = [*shown, *EXTREMES] if query["extremes"] else shown
    before, current = rows[:-number], rows[-number:]
    found = _period(current, keys)
    if query["compare"] != PREVIOUS:
        return found
    now, then = totals_of(current), totals_of(before)
    return {
        **found,
        "totals": _totals(now, query),
        PREVIOUS: {**_period(before, keys), "totals": _totals(then, query)},
        "change_percent": _risen(then, now, of_samples=query["metric_type"] in SAMPLED),
    }


def _risen(then: Totals, now: Totals, *, of_samples: bool) -> float | None:
    """By how much per cent the total has risen, or the average of samples; None from nothing, and without samples."""
    if not of_samples:
        return change_percent(then["total"], now["total"])
    if not (then["count"] and now["count"]):
        return None
    return change_percent(mean(then["total"], then["count"]), mean(now["total"], now["count"]))


def _period(rows: Sequence[Any], keys: Sequence[str]) -> Json:
    data = [{key: _written(row[key]) for key in keys} for row in rows]
    return {"count": len(data), "data": data}


def _totals(totals: Totals, query: Json) -> Json:
    keys = ["total", "count", "average", *(EXTREMES if query["extremes"] else ())]
    found: Json = {**totals}
    return {key: _written(found[key]) for key in keys}


def _written(value: Number | float | str | None) -> Any:  # noqa: ANN401 -- a number of JSON, digit by digit, if need be
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, int) and abs(value) >= LARGEST_INT:
        return orjson.Fragment(str(value))
    return value
