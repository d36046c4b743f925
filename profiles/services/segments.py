"""Closing segments: what is old is counted once, by profile and by day, so that no list need count it again.

A segment is closed when no record can come into it any more. An insert locks its table before it draws its id; so
whoever has locked the table against inserts for a moment knows that no id up to the highest one is under way.
"""

import time
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from psycopg.errors import LockNotAvailable

from accounts.selectors import organizations
from core import tenancy
from core.tenancy import current_organization_id
from profiles.models import LoggedOutProfile, Tally

logger = structlog.get_logger(__name__)

BLOCK_ROWS: Final = 4096
SEGMENT_BLOCKS: Final = 16
# So few records behind the tally are counted faster than it is brought up to date.
WORTH_COUNTING: Final = 500
# Inserts wait behind whoever waits for the lock.
PATIENCE: Final = "100ms"
# A worker has a minute for its task.
TASK_SECONDS: Final = 30

MAKE_TALLIES: Final = """
INSERT INTO profiles_tally (organization_id, last_id, count) SELECT id, 0, 0 FROM unnest(%(ids)s::uuid[]) AS id
ON CONFLICT (organization_id) DO NOTHING
"""
HOLD: Final = """
SELECT FROM profiles_tally WHERE organization_id = %(organization_id)s FOR UPDATE SKIP LOCKED
"""
MAKE_BLOCKS: Final = """
INSERT INTO profiles_block (organization_id, first_id, last_id, earliest, latest, count)
SELECT %(organization_id)s, min(id), max(id), min(timestamp), max(timestamp), count(*) FROM (
    SELECT id, timestamp, (row_number() OVER (ORDER BY id) - 1) / %(block_rows)s AS number FROM (
        SELECT id, timestamp FROM logged_out_profiles
        WHERE organization_id = %(organization_id)s AND id <= %(final)s AND id > coalesce(
            (SELECT max(last_id) FROM profiles_block WHERE organization_id = %(organization_id)s), 0
        )
        ORDER BY id LIMIT %(block_rows)s * %(segment_blocks)s
    ) AS record
) AS record
GROUP BY number HAVING count(*) = %(block_rows)s ORDER BY number
"""
# The end of the next segment, and of the one before.
NEXT_SEGMENT: Final = """
SELECT block.last_id, closed.last_id FROM (
    SELECT coalesce(max(last_id), 0) AS last_id FROM profiles_segment WHERE organization_id = %(organization_id)s
) AS closed CROSS JOIN LATERAL (
    SELECT last_id FROM profiles_block
    WHERE organization_id = %(organization_id)s AND last_id > closed.last_id
    ORDER BY last_id LIMIT 1 OFFSET %(segment_blocks)s - 1
) AS block
"""
OF_SEGMENT: Final = "organization_id = %(organization_id)s AND id > %(closed)s AND id <= %(last_id)s"
# It is as long as its blocks, whose first and last records may have been deleted since.
CLOSE: Final = f"""
WITH record AS MATERIALIZED (
    SELECT id, profile_id, timestamp FROM logged_out_profiles WHERE {OF_SEGMENT}
), segment AS (
    INSERT INTO profiles_segment (organization_id, first_id, last_id, earliest, latest, count)
    SELECT %(organization_id)s, (
        SELECT min(first_id) FROM profiles_block WHERE organization_id = %(organization_id)s AND last_id > %(closed)s
    ), %(last_id)s, min(timestamp), max(timestamp), count(*) FROM record
    RETURNING id
), of_profiles AS (
    INSERT INTO profiles_profilecount (segment_id, profile_id, count)
    SELECT segment.id, record.profile_id, count(*) FROM record, segment GROUP BY 1, 2 ORDER BY 2
)
INSERT INTO profiles_daycount (segment_id, day, agent_name, count)
SELECT segment.id, (record.timestamp AT TIME ZONE 'UTC')::date, profile.agent_name, count(*)
FROM record CROSS JOIN segment JOIN profiles_browserprofile AS profile ON profile.id = record.profile_id
GROUP BY 1, 2, 3 ORDER BY 2, 3
"""  # noqa: S608 -- constants only
COUNT_UP: Final = """
UPDATE profiles_tally AS tally SET last_id = greatest(counted.last_id, %(final)s), count = counted.count + (
    SELECT count(*) FROM logged_out_profiles
    WHERE organization_id = %(organization_id)s AND id > counted.last_id AND id <= %(final)s
)
FROM (
    SELECT coalesce(max(last_id), 0) AS last_id, coalesce(sum(count), 0) AS count
    FROM profiles_block WHERE organization_id = %(organization_id)s
) AS counted
WHERE tally.organization_id = %(organization_id)s
"""


def close_segments(*, seconds: float = TASK_SECONDS) -> int:
    """Count what arrived in any organization, and close segments where enough did. Returns how many were closed.

    Nothing is begun after `seconds`; the next call goes on. If inserts do not let it have the lock, it does nothing.
    """
    deadline = time.monotonic() + seconds
    waiting = list(_organizations_behind().values_list("pk", flat=True))
    final = _final_id(waiting) if waiting else None
    if final is None:
        return 0
    closed = 0
    for organization_id in waiting:
        with tenancy.scope(organization_id):
            while time.monotonic() < deadline and _close_next(final=final):
                closed += 1
    return closed


def _organizations_behind() -> QuerySet[Any]:
    """Those with enough new records, unscoped: the work is everybody's."""
    counted = Tally.unscoped.filter(organization=OuterRef(OuterRef("pk"))).values("last_id")
    behind = LoggedOutProfile.unscoped.filter(organization=OuterRef("pk"), pk__gt=Coalesce(Subquery(counted), 0))
    nth = behind.order_by("-pk").values("pk")[WORTH_COUNTING - 1 : WORTH_COUNTING]
    return organizations().annotate(nth_behind=Subquery(nth)).filter(nth_behind__isnull=False)


def _final_id(organization_ids: list[UUID]) -> int | None:
    """The highest id; no lower one appears after this. None if the table is in use, or empty.

    The tallies are made here, while nobody is deleting: a deletion that was under way would not know of them.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("LOCK TABLE logged_out_profiles IN SHARE MODE")
            cursor.execute(MAKE_TALLIES, {"ids": organization_ids})
            cursor.execute("SELECT max(id) FROM logged_out_profiles")
            [[final]] = cursor.fetchall()
            return None if final is None else int(final)
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        logger.info("segments_not_closed", reason="the table is in use")
        return None


@transaction.atomic
def _close_next(*, final: int) -> bool:
    """Close the next segment, or count up to `final` when there are too few for one. Returns whether one was closed."""
    parameters: dict[str, Any] = {
        "organization_id": current_organization_id(),
        "final": final,
        "block_rows": BLOCK_ROWS,
        "segment_blocks": SEGMENT_BLOCKS,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLD, parameters)
        if cursor.fetchone() is None:
            return False
        cursor.execute(MAKE_BLOCKS, parameters)
        cursor.execute(NEXT_SEGMENT, parameters)
        ends = cursor.fetchone()
        if ends is None:
            cursor.execute(COUNT_UP, parameters)
            return False
        cursor.execute(CLOSE, {**parameters, "last_id": ends[0], "closed": ends[1]})
        return True
