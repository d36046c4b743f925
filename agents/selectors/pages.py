"""Pages of lists: the rows as they are sent, and what they add up to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson
from django.core.exceptions import EmptyResultSet
from django.db.models import Case, F, QuerySet
from django.db.models.expressions import OrderBy

from core.database import binary_cursor

TO_THE_SECOND: Final = orjson.OPT_UTC_Z | orjson.OPT_OMIT_MICROSECONDS


class Sometimes(F):
    """A column that not every row has a value in."""


Order: TypeAlias = F | Case


@dataclass(frozen=True, slots=True)
class Page:
    """A part of what matches, ready to be sent, how much there is in all, and how much of each kind."""

    items: orjson.Fragment
    total_count: int
    summary: Mapping[str, int]


def page_of(rows: Iterable[Mapping[str, Any]], counts: Mapping[str, int]) -> Page:
    """The rows, written in a tenth of the time that the answer's own writer takes; `counts` has the `total`."""
    items = orjson.Fragment(orjson.dumps(list(rows), option=TO_THE_SECOND))
    return Page(items, counts["total"], {name: count for name, count in counts.items() if name != "total"})


def order_of(name: str, orders: Mapping[str, Order], *, then: Sequence[str] = ()) -> list[OrderBy]:
    """By one of the orders, `-` before it: descending. What has no value comes last.

    Between equals the columns of `then` decide, and then ids.

    Nothing is said of values that lack where none does: the indexes are not written for that.
    """
    by = orders[name.removeprefix("-")]
    between = [F(column).asc() for column in (*then, "pk")]
    nulls_last = True if isinstance(by, Sometimes) else None
    return [by.desc(nulls_last=nulls_last) if name[0] == "-" else by.asc(nulls_last=nulls_last), *between]


def fetched(rows: QuerySet[Any, dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a `values()` query, read in C. None if nothing can match, which is not asked."""
    try:
        statement, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return []
    with binary_cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
