"""Statements that the ORM has no words for. Their times are the database's clock."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import connection

NOW: Final = "statement_timestamp()"
Parameters = Mapping[str, Any]


def change(statement: str, parameters: Parameters) -> int:
    """Run it. Returns how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def fetch(statement: str, parameters: Parameters) -> list[tuple[Any, ...]]:
    """Run it. Returns its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def database_time() -> datetime:
    """What the database's clock says."""
    [[moment]] = fetch(f"SELECT {NOW}", {})
    return moment  # type: ignore[no-any-return]
