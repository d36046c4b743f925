"""All records asked for, one after the other."""

from collections.abc import Iterator
from typing import Final

from django.db import connection

from profiles.selectors.filters import Filters
from profiles.selectors.matching import condition
from profiles.selectors.records import COLUMNS, JOINED, Row, as_rows

BATCH_ROWS: Final = 2000


def export(filters: Filters) -> Iterator[Row]:
    """Every record, newest first, in constant memory; none twice, none that came after the first was read."""
    where, parameters = condition(filters)
    statement = f"""
        SELECT {COLUMNS} FROM {JOINED} WHERE {where} AND record.id < %(before)s ORDER BY record.id DESC LIMIT %(limit)s
    """  # noqa: S608 -- constants only
    before = 2**63 - 1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**parameters, "before": before, "limit": BATCH_ROWS})
            batch = as_rows(cursor.fetchall())
        yield from batch
        if len(batch) < BATCH_ROWS:
            return
        before = batch[-1]["id"]
