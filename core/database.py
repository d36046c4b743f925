"""A cursor for the statements that are run most, and those that return most."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import Cursor


class _BinaryCursor(Cursor[Any]):
    keeps_plan = False

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:  # noqa: ANN401 -- psycopg's own signature
        return super().execute(query, params, binary=True, prepare=self.keeps_plan, **options)


@contextmanager
def binary_cursor(*, keeps_plan: bool = False) -> Iterator[CursorWrapper]:
    """A cursor whose rows come in binary and are read in C.

    Django's cursors read times in Python, which takes longer than all else about a row, and write parameters into the
    text. Here they are the server's to take, and need a type where none follows from their place. With `keeps_plan` a
    connection plans a statement once, for whatever parameters come later: planning takes longer than reading a page.
    """
    connection.ensure_connection()
    cursor = _BinaryCursor(connection.connection)
    cursor.keeps_plan = keeps_plan
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(cast(Any, cursor)) as wrapped:
        yield wrapped
