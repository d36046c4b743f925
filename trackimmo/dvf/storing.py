"""An import's way through the database: stage the lines, judge them, find the properties, store what is new.

Every function takes the cursor of the import's one transaction, which `session` has prepared.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from trackimmo.dvf import session, sql
from trackimmo.dvf.reading import SalesReader

KEPT: Final = "kept"


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
    cursor.execute(sql.COUNT_FOUND)
    found, sales = cursor.fetchone()
    session.take_turns(cursor, organization_id=organization_id)
    _locate(cursor, ids)
    cursor.execute(sql.COMPARE)
    cursor.execute("ANALYZE dvf_known")
    cursor.execute(sql.UPDATE_PROPERTIES)
    updated = cursor.rowcount
    cursor.execute(sql.INSERT_PROPERTIES, ids)
    new = cursor.rowcount
    session.keep_statistics_true(cursor, "trackimmo_property", new_rows=new)
    return Stored(found=found, sales=sales, new=new, updated=updated)


def _locate(cursor: CursorWrapper, ids: Mapping[str, UUID | str]) -> None:
    """Create the cities that are missing, and note which code means which city."""
    cursor.execute(sql.COMMUNES)
    cursor.execute(sql.UPDATE_CITIES, ids)
    cursor.execute(sql.LOCATE, ids)
    cursor.execute(sql.CREATE_CITIES, ids)
    session.keep_statistics_true(cursor, "trackimmo_city", new_rows=cursor.rowcount)
    cursor.execute("ANALYZE dvf_city")
