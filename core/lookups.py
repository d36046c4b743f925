"""Conditions that Django lacks."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import BooleanField, F, Func, Value


def among(name: str, ids: Iterable[UUID]) -> Func:
    """Whether the UUID in the column `name` is one of `ids`: for `filter`, where there may be thousands.

    `__in` makes a parameter of each, and takes six times as long to say ten thousand as PostgreSQL to find them.
    """
    return Func(
        F(name), Value(list(ids)), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )
