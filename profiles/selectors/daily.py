"""How many records each day has."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from profiles.selectors.filters import Filters
from profiles.selectors.matching import conditions
from profiles.selectors.parts import records, segments

MOST_DAYS: Final = 366
DAY: Final = timedelta(days=1)

# Whole days of closed segments were counted when these were closed. What is read: of closed segments the days that the
# window cuts (`cut`), of what is behind them all of it.
STATEMENT: Final = """
SELECT day, sum(count)::bigint FROM (
    SELECT cell.day, cell.count FROM segment JOIN profiles_daycount AS cell ON cell.segment_id = segment.id
    WHERE cell.day >= %(first_whole)s AND cell.day < %(after_whole)s AND {of_agent}
    UNION ALL
    SELECT read.day, read.count FROM (
        SELECT min(block.first_id) AS first_id, max(block.last_id) AS last_id,
            cut.since AS cut_since, cut.until AS cut_until
        FROM unnest(%(cut_since)s::timestamptz[], %(cut_until)s::timestamptz[]) AS cut (since, until)
        JOIN profiles_block AS block ON block.earliest < cut.until AND block.latest >= cut.since
        WHERE block.organization_id = %(organization_id)s AND block.last_id < (SELECT first_id FROM tail)
        GROUP BY cut.since, cut.until
        UNION ALL
        SELECT segment.first_id, segment.last_id, %(since)s, %(until)s FROM segment WHERE segment.id IS NULL
    ) AS segment CROSS JOIN LATERAL (
        SELECT (record.timestamp AT TIME ZONE 'UTC')::date AS day, count(*) AS count FROM {records} GROUP BY 1
    ) AS read
) AS counted
GROUP BY day
"""
IN_CUT: Final = "record.timestamp >= segment.cut_since AND record.timestamp < segment.cut_until"


@dataclass(frozen=True, slots=True)
class DailyCount:
    """A day, UTC."""

    date: date
    logout_count: int


def daily_counts(filters: Filters, *, days: int = 30) -> list[DailyCount]:
    """A count for each day of the window, oldest first.

    An open window ends today; one without a beginning has `days`; of more than 366, the last are told. There is none
    for a window that ends before it begins.
    """
    until = filters.until.astimezone(UTC) if filters.until else _midnight(timezone.now().date()) + DAY
    # In ordinals, which no date is too early for.
    last = until.toordinal() - (1 if until == _midnight(until.date()) else 0)
    first = filters.since.astimezone(UTC).toordinal() if filters.since else last - days + 1
    first = max(first, last - MOST_DAYS + 1, 1)
    if first > last:
        return []
    counted = _counted(filters, since=_midnight(date.fromordinal(first)), until=until)
    return [
        DailyCount(day, counted.get(day, 0)) for day in (date.fromordinal(number) for number in range(first, last + 1))
    ]


def _counted(filters: Filters, *, since: datetime, until: datetime) -> dict[date, int]:
    since = max(since, filters.since.astimezone(UTC)) if filters.since else since
    whole = _whole_days(since, until) if filters.profile_name is None and not filters.search else (until, until)
    cut = [(begin, end) for begin, end in ((since, whole[0]), (whole[1], until)) if begin < end]
    asked = conditions(replace(filters, since=since, until=until))
    statement = STATEMENT.format(
        of_agent="true" if filters.agent_name is None else "cell.agent_name = %(agent_name)s",
        records=records(asked, in_window=IN_CUT),
    )
    parameters = {
        **asked.parameters,
        "first_whole": whole[0].date(),
        "after_whole": whole[1].date(),
        "cut_since": [begin for begin, _ in cut],
        "cut_until": [end for _, end in cut],
    }
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {segments(asked)} {statement}", parameters)
        return dict(cursor.fetchall())


def _whole_days(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """The first midnight in the window, and the last; both are its end where it has not two."""
    begin, end = _midnight(since.date()), _midnight(until.date())
    if begin < since and begin < end:
        begin += DAY
    return (begin, end) if begin < end else (until, until)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
