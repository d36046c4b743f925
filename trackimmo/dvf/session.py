"""The transaction of an import: its limits, its scratch tables, and whose turn it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from uuid import UUID, uuid4

import psycopg
import structlog
from django.db.backends.utils import CursorWrapper
from psycopg.pq import TransactionStatus

logger = structlog.get_logger(__name__)

# What is set for requests would end an import.
PATIENCE: Final = {"statement_timeout": "0", "lock_timeout": "0"}
CANCEL_SECONDS: Final = 5
# Millions of lines are sorted and joined, by several processes where there are processors. Dates of either format are
# read day first. Rough statistics are enough for scratch tables.
BULK: Final = {
    "work_mem": "256MB",
    "jit": "off",
    "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0",
    "default_statistics_target": "10",
    "DateStyle": "ISO, DMY",
}


def be_patient(cursor: CursorWrapper, *, lock_seconds: float | None = None) -> None:
    """Lift the time limits for the rest of the transaction, or wait for so long for what others hold."""
    limits = {} if lock_seconds is None else {"lock_timeout": f"{max(1, round(lock_seconds * 1000))}ms"}
    _set(cursor, {**PATIENCE, **limits})


@contextmanager
def ended_if_left(cursor: CursorWrapper) -> Iterator[None]:
    """End the statement under way if the block is left in the middle of it, as by a worker's time limit.

    The server would carry it on, without any limit and with all its locks, though nobody waits for it.
    """
    try:
        yield
    except BaseException:
        server: psycopg.Connection = cursor.connection
        if server.info.transaction_status == TransactionStatus.ACTIVE:
            try:
                server.cancel_safe(timeout=CANCEL_SECONDS)
            except psycopg.Error as error:
                logger.warning("import_not_cancelled", error=str(error))
        raise


def open_scratch(cursor: CursorWrapper) -> str:
    """Prepare the rest of the transaction for bulk work, new tables in a schema of their own; its name.

    Not temporary tables: parallel workers cannot read those. Nobody else sees the schema, which ends with the
    transaction at the latest.
    """
    schema = f"import_{uuid4().hex}"
    cursor.execute(f"CREATE SCHEMA {schema}")
    cursor.execute("SELECT set_config('search_path', %s || current_setting('search_path'), true)", [f"{schema}, "])
    _set(cursor, BULK)
    return schema


def close_scratch(cursor: CursorWrapper, schema: str) -> None:
    """Drop the scratch tables."""
    cursor.execute(f"DROP SCHEMA {schema} CASCADE")


def take_turns(cursor: CursorWrapper, *, organization_id: UUID) -> None:
    """From here to the end of the transaction, no other import of this organization writes."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trackimmo.import {organization_id}"])


def keep_statistics_true(cursor: CursorWrapper, table: str, *, new_rows: int) -> None:
    """Autovacuum would come after the commit: too late for this transaction's plans and for the first reader's."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
    [known_rows] = cursor.fetchone()
    if new_rows and new_rows > known_rows / 10:
        cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
        cursor.execute(f"ANALYZE {table}")
        _set(cursor, {"default_statistics_target": BULK["default_statistics_target"]})


def _set(cursor: CursorWrapper, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])
