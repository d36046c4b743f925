"""A page of the log, newest first."""

from dataclasses import dataclass

from django.db import connection

from profiles.selectors.filters import Filters
from profiles.selectors.matching import condition
from profiles.selectors.records import COLUMNS, JOINED, Row, as_rows


@dataclass(frozen=True, slots=True)
class Page:
    """The records asked for, and how many there are in all."""

    items: list[Row]
    total: int


def page(filters: Filters, *, skip: int, limit: int) -> Page:
    """`limit` records after the newest `skip`, and the exact count of all."""
    where, parameters = condition(filters)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {JOINED} WHERE {where}", parameters)  # noqa: S608 -- constants only
        [[total]] = cursor.fetchall()
    return Page(items=rows(filters, skip=skip, limit=limit), total=total)


def rows(filters: Filters, *, skip: int, limit: int) -> list[Row]:
    """`limit` records after the newest `skip`."""
    where, parameters = condition(filters)
    statement = f"SELECT {COLUMNS} FROM {JOINED} WHERE {where} ORDER BY record.id DESC"  # noqa: S608 -- constants only
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} LIMIT %(limit)s OFFSET %(skip)s", {**parameters, "limit": limit, "skip": skip})
        return as_rows(cursor.fetchall())
