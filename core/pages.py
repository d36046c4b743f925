"""A part of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet

ModelT = TypeVar("ModelT", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """The rows asked for, and how many there are in all."""

    total_count: int
    rows: Sequence[ModelT]


def page_of(rows: QuerySet[ModelT], *, limit: int, offset: int) -> Page[ModelT]:
    """`limit` rows after the first `offset`, and the count of all."""
    return Page(total_count=rows.count(), rows=list(rows[offset : offset + limit]))
