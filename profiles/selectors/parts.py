"""The parts of the log, and how many of the records asked for each has.

Where no profile is named the parts are the closed blocks; where some are, the closed segments; and each time what is
behind the last one. What lies wholly within the window was counted when it was closed. What the window cuts, and what
is behind, is read from an index. That is written as subqueries of each part, which PostgreSQL neither spreads over
several processes, dearer than the work itself, nor plans by its guess of how many ids are in a range.
"""

from typing import Final

from profiles.selectors.matching import Conditions

# Looking up so many profiles costs what reading a whole segment does.
FEW_PROFILES: Final = 1000
LAST_ID: Final = 2**63 - 1
# What is behind the last segment is taken for as many rows as one has.
TAIL_ROWS: Final = 2**16

BLOCKS: Final = f"""
segment AS MATERIALIZED (
    SELECT segment.first_id, segment.last_id, segment.count, {{is_inside}} AS is_inside
    FROM profiles_block AS segment WHERE segment.organization_id = %(organization_id)s AND {{overlaps}}
    UNION ALL
    SELECT coalesce(max(last_id), 0) + 1, {LAST_ID}, {TAIL_ROWS}, false
    FROM profiles_block WHERE organization_id = %(organization_id)s
)
"""  # noqa: S608 -- constants only
# Of a segment that the window cuts, and of what is behind the last one, the blocks tell where the window begins.
SEGMENTS: Final = f"""
tail AS MATERIALIZED (
    SELECT coalesce(max(last_id), 0) + 1 AS first_id FROM profiles_segment WHERE organization_id = %(organization_id)s
),
block AS MATERIALIZED (
    SELECT segment.first_id, segment.last_id FROM profiles_block AS segment
    WHERE segment.organization_id = %(organization_id)s AND {{overlaps}}
),
segment AS MATERIALIZED (
    SELECT segment.id, segment.first_id, segment.last_id, segment.count, true AS is_inside
    FROM profiles_segment AS segment
    WHERE segment.organization_id = %(organization_id)s AND {{is_inside}}
    UNION ALL
    SELECT segment.id, min(block.first_id), max(block.last_id), segment.count, false
    FROM profiles_segment AS segment
    JOIN block ON block.first_id >= segment.first_id AND block.last_id <= segment.last_id
    WHERE segment.organization_id = %(organization_id)s AND {{overlaps}} AND NOT ({{is_inside}})
    GROUP BY segment.id
    UNION ALL
    SELECT NULL, coalesce(
        (SELECT min(block.first_id) FROM block WHERE block.first_id >= tail.first_id),
        (SELECT max(last_id) + 1 FROM profiles_block
            WHERE organization_id = %(organization_id)s AND last_id >= tail.first_id),
        tail.first_id
    ), {LAST_ID}, {TAIL_ROWS}, false
    FROM tail
)
"""  # noqa: S608 -- constants only
MATCHED: Final = """
matched AS MATERIALIZED ({matched}),
found AS MATERIALIZED (
    SELECT profiles, CASE WHEN profiles > {few_profiles} THEN profiles = (
        SELECT count(*) FROM profiles_browserprofile WHERE organization_id = %(organization_id)s
    ) ELSE false END AS are_all
    FROM (SELECT count(*) AS profiles FROM matched) AS matching
)
"""
BY_NEWEST: Final = """
    SELECT record.profile_id, record.timestamp FROM logged_out_profiles AS record
    WHERE record.organization_id = %(organization_id)s AND record.id BETWEEN segment.first_id AND segment.last_id
      AND {in_window} AND {of_matched}
"""
BY_PROFILE: Final = """
    SELECT record.profile_id, record.timestamp FROM matched CROSS JOIN LATERAL (
        SELECT record.profile_id, record.timestamp FROM logged_out_profiles AS record
        WHERE record.profile_id = matched.id AND record.id BETWEEN segment.first_id AND segment.last_id AND {in_window}
        OFFSET 0
    ) AS record
"""
ARE_FEW: Final = "(SELECT profiles FROM found) <= {few_profiles}"

COUNTS_OF_ALL: Final = """
part AS MATERIALIZED (
    SELECT segment.first_id, segment.last_id, segment.count AS rows,
        CASE WHEN segment.is_inside THEN segment.count ELSE (SELECT count(*) FROM {records}) END AS count
    FROM segment
)
"""
COUNTS_OF_MATCHED: Final = """
counted AS MATERIALIZED (
    SELECT cell.segment_id, sum(cell.count) AS count
    FROM segment JOIN profiles_profilecount AS cell ON cell.segment_id = segment.id
    JOIN matched ON matched.id = cell.profile_id
    WHERE segment.is_inside AND NOT (SELECT are_all FROM found)
    GROUP BY cell.segment_id
),
part AS MATERIALIZED (
    SELECT segment.first_id, segment.last_id, segment.count AS rows,
        CASE
            WHEN NOT segment.is_inside THEN (SELECT count(*) FROM {records})
            WHEN (SELECT are_all FROM found) THEN segment.count
            ELSE coalesce(counted.count, 0)
        END::bigint AS count
    FROM segment LEFT JOIN counted ON counted.segment_id = segment.id
)
"""


def segments(asked: Conditions) -> str:
    """Common table expressions: `segment`; where there are names, `matched` and, in one row, how many are `found`."""
    parts = SEGMENTS.format(is_inside=asked.is_inside, overlaps=asked.overlaps)
    return f"{parts}, {MATCHED.format(matched=asked.matched, few_profiles=FEW_PROFILES)}" if asked.has_names else parts


def records(asked: Conditions, *, in_window: str | None = None) -> str:
    """The records of `segment` that are asked for, by whichever index has less to be read, as the table `record`."""
    conditions = {"in_window": in_window or asked.in_window, "of_matched": asked.of_matched}
    by_newest, by_profile = BY_NEWEST.format(**conditions), BY_PROFILE.format(**conditions)
    if not asked.has_names:
        return f"({by_newest}) AS record"
    are_few = ARE_FEW.format(few_profiles=FEW_PROFILES)
    return f"({by_newest} AND NOT {are_few} UNION ALL {by_profile} WHERE {are_few}) AS record"


def counts(asked: Conditions) -> str:
    """Besides those of `segments`, `part`: `first_id`, `last_id`, `rows` in all, `count` of those asked for."""
    if asked.has_names:
        return f"{segments(asked)}, {COUNTS_OF_MATCHED.format(records=records(asked))}"
    blocks = BLOCKS.format(is_inside=asked.is_inside, overlaps=asked.overlaps)
    return f"{blocks}, {COUNTS_OF_ALL.format(records=records(asked))}"
