"""Importing property sales."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from core import tenancy
from trackimmo.dvf import session, storing
from trackimmo.dvf.compression import ByteSource
from trackimmo.dvf.reading import SalesReader
from trackimmo.dvf.summary import ImportSummary, SkipReason
from trackimmo.errors import ImportsBusy


class ImportProgress(Protocol):
    """Whoever follows an import."""

    def reading(self, taken_bytes: int) -> None:
        """So many bytes of the file, as it is stored, have been read."""

    def storing(self) -> None:
        """All is read; the database works."""


class Unwatched:
    """Nobody follows the import."""

    def reading(self, taken_bytes: int) -> None:
        """Nothing."""

    def storing(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """What an import may take: so many unpacked bytes, and so many seconds of waiting for others. None is no limit."""

    most_bytes: int | None = None
    patience_seconds: float | None = None


def import_sales(
    source: Path | ByteSource,
    /,
    *,
    name: str = "",
    progress: ImportProgress | None = None,
    limits: ImportLimits = ImportLimits(),
) -> ImportSummary:
    """Import a file of sales, geo-dvf CSV or raw DGFiP, gzipped or not, for the organization in scope.

    `source` is a path or anything with `read(size)`; errors call it `name`. All of the file is one transaction: raises
    UnreadableFile, and has imported nothing, if it is not such a file or ends too early. Lines that cannot be used are
    skipped and counted. Importing a file again changes nothing; imports of one organization take turns: raises
    ImportsBusy if the turn does not come within the limits. Not to be called within a transaction.
    """
    try:
        if isinstance(source, Path):
            with source.open("rb") as file:
                return _import(file, name or str(source), progress or Unwatched(), limits)
        return _import(source, name or "the file", progress or Unwatched(), limits)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ImportsBusy from error
        raise


def _import(source: ByteSource, name: str, progress: ImportProgress, limits: ImportLimits) -> ImportSummary:
    organization_id = tenancy.current_organization_id()
    reader = SalesReader(source, name=name, on_read=progress.reading, most_bytes=limits.most_bytes)
    with transaction.atomic(durable=True), connection.cursor() as cursor, session.ended_if_left(cursor):
        session.be_patient(cursor, lock_seconds=limits.patience_seconds)
        scratch = session.open_scratch(cursor)
        storing.stage(cursor, reader)
        progress.storing()
        judgement = storing.judge(cursor)
        stored = storing.store(cursor, organization_id=organization_id)
        session.close_scratch(cursor, scratch)
    skipped = Counter({reason: judgement.lines[reason] for reason in SkipReason})
    # What was not even staged: lines that are broken, and those with a number or a date that PostgreSQL cannot read.
    skipped[SkipReason.MALFORMED] += reader.lines_read - judgement.lines.total()
    return ImportSummary(
        lines_read=reader.lines_read,
        kept_lines=judgement.lines[storing.KEPT],
        skipped_lines=skipped,
        new_properties=stored.new,
        updated_properties=stored.updated,
        unchanged_properties=stored.found - stored.new - stored.updated,
        sales=stored.sales,
        price_per_line=judgement.price_per_line,
        price_per_sale=judgement.price_per_sale,
    )
