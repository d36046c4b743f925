"""All records asked for, one after the other."""

from collections.abc import Iterator
from typing import Final

from django.db import connection

from profiles.selectors.filters import Filters
from profiles.selectors.matching import conditions
from profiles.selectors.parts import LAST_ID
from profiles.selectors.records import COLUMNS, JOINED, Row, as_rows

BATCH_ROWS: Final = 2000

# In all, the batches read the index once.
BATCH: Final = """
WITH matched AS MATERIALIZED ({matched}),
picked AS MATERIALIZED (
    SELECT record.id FROM logged_out_profiles AS record
    WHERE record.organization_id = %(organization_id)s AND record.id < %(before)s AND {in_window} AND {of_matched}
    ORDER BY record.id DESC LIMIT %(limit)s
)
SELECT {columns} FROM {joined} WHERE record.id IN (SELECT id FROM picked) ORDER BY record.id DESC
"""


def export(filters: Filters) -> Iterator[Row]:
    """Every record, newest first, a batch in memory at a time: none twice, none that came after the first was read.

    A reader may take his time: between batches no transaction is open.
    """
    asked = conditions(filters)
    statement = BATCH.format(
        matched=asked.matched,
        in_window=asked.in_window,
        of_matched=asked.of_matched,
        columns=COLUMNS,
        joined=JOINED,
    )
    before = LAST_ID
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**asked.parameters, "before": before, "limit": BATCH_ROWS})
            batch = as_rows(cursor.fetchall())
        yield from batch
        if len(batch) < BATCH_ROWS:
            return
        before = batch[-1]["id"]
