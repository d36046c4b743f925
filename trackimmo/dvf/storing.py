"""An import's way through the database: stage the lines, judge them, find the properties, store what is new.

Every function takes the cursor of the import's one transaction.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from trackimmo.dvf import sql
from trackimmo.dvf.reading import SalesReader

KEPT: Final = "kept"
STAGING_TABLES: Final = "dvf_line, dvf_verdict, dvf_land, dvf_property, dvf_commune, dvf_city, dvf_known"
# An import sorts and joins millions of lines, and takes its time. Dates of either format are read day first.
SETTINGS: Final = {
    "statement_timeout": "0",
    "lock_timeout": "0",
    "work_mem": "256MB",
    "jit": "off",
    "DateStyle": "ISO, DMY",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of the staged lines, and the sums of their prices in euros."""

    lines: Counter[str]
    price_per_line: Decimal
    price_per_sale: Decimal


@dataclass(frozen=True, slots=True)
class Stored:
    """How many properties were found in the file, and what became of them."""

    found: int
    sales: int
    new: int
    updated: int


def prepare(cursor: CursorWrapper) -> None:
    """Settings for the rest of the transaction, whose limits are those of requests otherwise."""
    for name, value in SETTINGS.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def stage(cursor: CursorWrapper, reader: SalesReader) -> None:
    """Copy the lines as they are read. Raises UnreadableFile."""
    cursor.execute(sql.STAGE)
    with cursor.copy(sql.COPY) as copy:
        for rows in reader.copy_rows():
            copy.write(rows)


def judge(cursor: CursorWrapper) -> Judgement:
    """Decide what becomes of every staged line."""
    cursor.execute(sql.JUDGE)
    cursor.execute("ANALYZE dvf_line (sale), dvf_verdict (line, sale, opens_unit, verdict)")
    cursor.execute(sql.COUNT)
    rows = cursor.fetchall()
    return Judgement(
        lines=Counter({verdict: lines for verdict, lines, _, _ in rows}),
        price_per_line=sum((per_line for _, _, per_line, _ in rows), Decimal(0)),
        price_per_sale=sum((per_sale for _, _, _, per_sale in rows), Decimal(0)),
    )


def store(cursor: CursorWrapper, *, organization_id: UUID) -> Stored:
    """Create and update cities and properties. Waits for other imports of the organization, which take turns here."""
    ids: dict[str, UUID | str] = {"organization_id": organization_id, "organization": str(organization_id)}
    cursor.execute(sql.LAND)
    cursor.execute("ANALYZE dvf_land (sale)")
    cursor.execute(sql.FIND, ids)
    cursor.execute("ANALYZE dvf_property (id, commune)")
    cursor.execute("SELECT count(*), count(DISTINCT mutation_key) FROM dvf_property")
    found, sales = cursor.fetchone()
    take_turns(cursor, organization_id=organization_id)
    _locate(cursor, ids)
    cursor.execute(sql.COMPARE)
    cursor.execute("ANALYZE dvf_known")
    cursor.execute(sql.UPDATE_PROPERTIES)
    updated = cursor.rowcount
    cursor.execute(sql.INSERT_PROPERTIES, ids)
    new = cursor.rowcount
    _keep_statistics_true(cursor, "trackimmo_property", new)
    cursor.execute(f"DROP TABLE {STAGING_TABLES}")
    return Stored(found=found, sales=sales, new=new, updated=updated)


def _locate(cursor: CursorWrapper, ids: Mapping[str, UUID | str]) -> None:
    """Create the cities that are missing, and note which code means which city."""
    cursor.execute(sql.COMMUNES)
    cursor.execute(sql.UPDATE_CITIES, ids)
    cursor.execute(sql.LOCATE, ids)
    cursor.execute(sql.CREATE_CITIES, ids)
    _keep_statistics_true(cursor, "trackimmo_city", cursor.rowcount)
    cursor.execute("ANALYZE dvf_city")


def take_turns(cursor: CursorWrapper, *, organization_id: UUID) -> None:
    """From here to the end of the transaction, no other import of this organization writes."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"trackimmo.import {organization_id}"])


def _keep_statistics_true(cursor: CursorWrapper, table: str, new_rows: int) -> None:
    """Autovacuum would come after the commit: too late for this transaction's plans and for the first reader's."""
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
    [known_rows] = cursor.fetchone()
    if new_rows and new_rows > known_rows / 10:
        cursor.execute(f"ANALYZE {table}")
