"""Lists whose pages begin where the one before ended: nobody counts, and what comes meanwhile moves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from core.cursors import EPOCH, NotACursor, cursor_of, position_of

RowT = TypeVar("RowT", bound=Model)
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """Some rows, and where the next ones begin; None if these are the last."""

    rows: Sequence[RowT]
    next_cursor: str | None


def newest_first(rows: QuerySet[RowT], column: str, *, limit: int, cursor: str | None) -> Page[RowT]:
    """The rows by a column with times, which none lacks, the newest first. Raises NotACursor."""
    if cursor is not None:
        rows = rows.filter(_after(rows, column, cursor))
    found = list(rows.order_by(f"-{column}", "pk")[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    last: Any = found[limit - 1]
    return Page(found[:limit], cursor_of((getattr(last, column) - EPOCH) // MICROSECOND, str(last.pk)))


def _after(rows: QuerySet[Any], column: str, cursor: str) -> Q:
    microseconds, last = position_of(cursor, int, str)
    try:
        at = EPOCH + int(microseconds) * MICROSECOND
        pk = rows.model._meta.pk.to_python(last)
    except (OverflowError, ValidationError):
        raise NotACursor from None
    return Q(**{f"{column}__lte": at}) & (Q(**{f"{column}__lt": at}) | Q(pk__gt=pk))
