"""A page of the log, newest first."""

from dataclasses import dataclass
from typing import Any, Final

from core.database import binary_cursor
from core.tenancy import current_organization_id
from profiles.selectors.filters import Filters
from profiles.selectors.matching import Conditions, conditions
from profiles.selectors.parts import counts
from profiles.selectors.records import COLUMNS, JOINED, Row, as_rows

EVERYTHING: Final = Filters()
# So many newer records are passed over faster than segments are looked at.
FEW_TO_SKIP: Final = 2000

# With its values in the text: they are a number and an id, and the plan that is kept is the one for them.
FIRST_PAGES: Final = f"""
SELECT {COLUMNS}, (
    SELECT tally.count + (
        SELECT count(*) FROM logged_out_profiles
        WHERE organization_id = '{{organization_id}}' AND id > tally.last_id
    ) FROM (
        SELECT coalesce(max(last_id), 0) AS last_id, coalesce(max(count), 0) AS count
        FROM profiles_tally WHERE organization_id = '{{organization_id}}'
    ) AS tally
)
FROM {JOINED} WHERE record.organization_id = '{{organization_id}}'
ORDER BY record.id DESC LIMIT {{limit:d}} OFFSET {{skip:d}}
"""  # noqa: S608 -- constants only

OF_PART: Final = "record.id BETWEEN placed.first_id AND placed.last_id"
WITHIN: Final = "ORDER BY record.id DESC OFFSET placed.skip LIMIT %(limit)s"
# Newest first until there are enough, or each profile's and then the newest of them: what reads less.
BY_NEWEST: Final = f"""
    SELECT record.id FROM (
        SELECT record.id, record.profile_id, record.timestamp FROM logged_out_profiles AS record
        WHERE record.organization_id = %(organization_id)s AND {OF_PART} ORDER BY record.id DESC OFFSET 0
    ) AS record
    WHERE {{in_window}} AND {{of_matched}} {WITHIN}
"""  # noqa: S608 -- constants only
BY_PROFILE: Final = f"""
    SELECT record.id FROM matched CROSS JOIN LATERAL (
        SELECT record.id FROM logged_out_profiles AS record
        WHERE record.profile_id = matched.id AND {OF_PART} AND {{in_window}} ORDER BY record.id DESC
        LIMIT placed.skip + %(limit)s
    ) AS record {WITHIN}
"""  # noqa: S608 -- constants only
FROM_EITHER: Final = f"""
    (SELECT * FROM ({BY_NEWEST}) AS record WHERE NOT placed.by_profile)
    UNION ALL
    (SELECT * FROM ({BY_PROFILE}) AS record WHERE placed.by_profile)
"""  # noqa: S608 -- constants only
# In rows that are read either way: to look up a profile costs what ten of them do, and to sort one what three do.
IS_CHEAPER: Final = """(SELECT profiles FROM found) * 10 + part.count * 3 < least(
    part.rows, (greatest(%(skip)s - part.newer, 0) + %(limit)s) * part.rows / greatest(part.count, 1)
)"""


@dataclass(frozen=True, slots=True)
class Page:
    """The records asked for, and how many there are in all."""

    items: list[Row]
    total: int


def page(filters: Filters, *, skip: int, limit: int) -> Page:
    """`limit` records after the newest `skip`, and the exact count of all, as of one moment."""
    if filters == EVERYTHING and skip <= FEW_TO_SKIP:
        statement = FIRST_PAGES.format(organization_id=current_organization_id(), skip=skip, limit=limit)
        found = _fetch(statement, {}, keeps_plan=not skip)
        if found or not skip:
            return _page(found)
    asked = conditions(filters)
    return _page(_fetch(_statement(asked), {**asked.parameters, "skip": skip, "limit": limit}))


def rows(filters: Filters, *, skip: int, limit: int) -> list[Row]:
    """`limit` records after the newest `skip`."""
    return page(filters, skip=skip, limit=limit).items


def _statement(asked: Conditions) -> str:
    from_part = (FROM_EITHER if asked.has_names else BY_NEWEST).format(
        in_window=asked.in_window, of_matched=asked.of_matched
    )
    by_profile = IS_CHEAPER if asked.has_names else "false"
    return f"""
        WITH {counts(asked)},
        sum AS (SELECT coalesce(sum(count), 0)::bigint AS total FROM part),
        ordered AS (SELECT *, (sum(count) OVER (ORDER BY first_id DESC) - count)::bigint AS newer FROM part),
        placed AS MATERIALIZED (
            SELECT first_id, last_id, greatest(%(skip)s - newer, 0) AS skip, {by_profile} AS by_profile
            FROM ordered AS part
            WHERE count > 0 AND newer < %(skip)s::bigint + %(limit)s AND newer + count > %(skip)s
        ),
        picked AS MATERIALIZED (
            SELECT record.id FROM placed CROSS JOIN LATERAL ({from_part}) AS record
            ORDER BY record.id DESC LIMIT %(limit)s
        )
        SELECT page.*, sum.total FROM sum LEFT JOIN (
            SELECT {COLUMNS} FROM {JOINED} WHERE record.id IN (SELECT id FROM picked)
        ) AS page ON true
        ORDER BY page.id DESC
    """  # noqa: S608 -- constants only


def _fetch(statement: str, parameters: dict[str, Any], *, keeps_plan: bool = False) -> list[tuple[Any, ...]]:
    with binary_cursor(keeps_plan=keeps_plan) as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _page(found: list[tuple[Any, ...]]) -> Page:
    """Each tuple ends with the total; where there is no record it has nothing else."""
    items = as_rows(values[:-1] for values in found if values[0] is not None)
    return Page(items=items, total=found[0][-1] if found else 0)
