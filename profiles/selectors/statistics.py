"""What the log adds up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from profiles.selectors.daily import DailyCount, daily_counts
from profiles.selectors.filters import Filters
from profiles.selectors.matching import Conditions, conditions
from profiles.selectors.parts import records, segments

TOP: Final = 10

# Ties are ordered by the code points of the names, wherever the database was made.
# Segment by segment, since a guess at how many there are would have all of them read.
CELLS: Final = """CROSS JOIN LATERAL (
            SELECT profile_id, count FROM profiles_profilecount WHERE segment_id = segment.id OFFSET 0
        ) AS cell"""
CELLS_OF_MATCHED: Final = """JOIN profiles_profilecount AS cell ON cell.segment_id = segment.id
        JOIN matched ON matched.id = cell.profile_id"""
# A profile may be named several times, once for all whole segments and once for each part that was read: summing up the
# parts first would hide from the planner how many there are.
COUNTED: Final = """
named AS MATERIALIZED (
    SELECT profile.id, profile.agent_name COLLATE "C" AS agent_name, profile.profile_name COLLATE "C" AS profile_name,
        counted.count
    FROM (
        SELECT cell.profile_id, sum(cell.count)::bigint AS count
        FROM segment {cells} WHERE segment.is_inside
        GROUP BY cell.profile_id
        UNION ALL
        SELECT read.profile_id, read.count FROM segment CROSS JOIN LATERAL (
            SELECT record.profile_id, count(*) AS count FROM {records} GROUP BY record.profile_id
        ) AS read
        WHERE NOT segment.is_inside
    ) AS counted
    JOIN profiles_browserprofile AS profile ON profile.id = counted.profile_id
),
offender AS (
    SELECT id, min(agent_name) AS agent_name, min(profile_name) AS profile_name, sum(count)::bigint AS count
    FROM named GROUP BY id HAVING sum(count) >= %(repeated)s
    ORDER BY count DESC, agent_name, profile_name LIMIT %(top)s
)
"""
SELECT: Final = """
SELECT 'total' AS kind, NULL AS agent_name, NULL AS profile_name, coalesce(sum(count), 0)::bigint AS count,
    NULL::timestamptz AS first_logout, NULL::timestamptz AS last_logout
FROM named
UNION ALL (
    SELECT 'agent', agent_name, NULL, sum(count)::bigint, NULL, NULL FROM named
    GROUP BY agent_name HAVING sum(count) > 0 ORDER BY sum(count) DESC, agent_name LIMIT %(top)s
)
UNION ALL (
    SELECT 'profile', NULL, profile_name, sum(count)::bigint, NULL, NULL FROM named
    GROUP BY profile_name HAVING sum(count) > 0 ORDER BY sum(count) DESC, profile_name LIMIT %(top)s
)
UNION ALL
SELECT 'offender', offender.agent_name, offender.profile_name, offender.count, ever.first_logout, ever.last_logout
FROM offender CROSS JOIN LATERAL (
    SELECT min(record.timestamp) AS first_logout, max(record.timestamp) AS last_logout
    FROM logged_out_profiles AS record WHERE record.profile_id = offender.id AND {in_window}
) AS ever
"""


@dataclass(frozen=True, slots=True)
class Offender:
    """A profile that was logged out again and again."""

    agent_name: str
    profile_name: str
    logout_count: int
    first_logout: datetime
    last_logout: datetime


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts of the records asked for. Of the tops, the greatest first, equal ones by name."""

    total_logouts: int
    top_agents: list[tuple[str, int]]
    top_profiles: list[tuple[str, int]]
    repeat_offenders: list[Offender]
    daily: list[DailyCount]


def statistics(filters: Filters, *, days: int = 30, repeated: int = 2) -> Statistics:
    """Add up the records asked for; the ten that were logged out most often, `repeated` times at least, are offenders.

    The daily series is that of the filters' window: where it is open it ends today, or begins `days` before its end.
    """
    asked = conditions(filters)
    found: dict[str, list[tuple[Any, ...]]] = {"total": [], "agent": [], "profile": [], "offender": []}
    with connection.cursor() as cursor:
        cursor.execute(_statement(asked), {**asked.parameters, "repeated": repeated, "top": TOP})
        for kind, *values in cursor.fetchall():
            found[kind].append(tuple(values))
    offenders = [Offender(*values) for values in found["offender"]]
    return Statistics(
        total_logouts=found["total"][0][2],
        top_agents=_greatest_first((agent_name, count) for agent_name, _, count, *_ in found["agent"]),
        top_profiles=_greatest_first((profile_name, count) for _, profile_name, count, *_ in found["profile"]),
        repeat_offenders=sorted(offenders, key=lambda one: (-one.logout_count, one.agent_name, one.profile_name)),
        daily=daily_counts(filters, days=days),
    )


def _statement(asked: Conditions) -> str:
    counted = COUNTED.format(cells=CELLS_OF_MATCHED if asked.has_names else CELLS, records=records(asked))
    return f"WITH {segments(asked)}, {counted} {SELECT.format(in_window=asked.in_window)}"


def _greatest_first(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda counted: (-counted[1], counted[0]))
