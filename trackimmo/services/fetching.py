"""Getting a file of sales from its publisher into the database."""

from typing import Final

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import services as audit
from trackimmo.dvf.errors import UnreadableFile
from trackimmo.dvf.summary import ImportSummary
from trackimmo.errors import SourceUnavailable
from trackimmo.models import SalesFile
from trackimmo.services.importing import ImportLimits, import_sales
from trackimmo.sources import Deadline, SalesAnswer, SalesFiles, Watch

# A job cannot hold its lease while its import waits for another one.
PATIENCE_SECONDS: Final = 60.0

logger = structlog.get_logger(__name__)


def fetch_sales(
    *, insee_code: str, year: int, files: SalesFiles, deadline: Deadline, watch: Watch
) -> ImportSummary | None:
    """Look for a commune's sales of a year, and import them if they are published and new to us; None if not.

    What was found is remembered. Raises SourceUnavailable or ImportsBusy, and then nothing is. Not to be called within
    a transaction.
    """
    place = files.place(year)
    known = SalesFile.objects.filter(insee_code=insee_code, year=year, place=place.name, imported_at__isnull=False)
    answer = files.get(
        insee_code=insee_code,
        year=year,
        known_etag=known.values_list("etag", flat=True).first() or "",
        deadline=deadline,
        watch=watch,
    )
    summary = None
    if answer.path is not None:
        limits = ImportLimits(
            most_bytes=settings.DVF_MAX_FILE_MB * 1_000_000,
            patience_seconds=deadline.limit(PATIENCE_SECONDS),
        )
        try:
            watch(answer.path.stat().st_size)
            summary = import_sales(answer.path, name=f"{insee_code}.csv of {year}", limits=limits)
        except OSError as error:
            raise SourceUnavailable(place.host, f"{error.strerror}: the file of {insee_code} in {year}") from error
        except UnreadableFile as error:
            # The publisher's words are for our log only: an address may have led us anywhere.
            logger.warning("sales_file_unreadable", host=place.host, problem=error.message)
            files.forget(insee_code=insee_code, year=year)
            raise SourceUnavailable(
                place.host, f"what it gives for {insee_code} in {year} is not a whole file of sales"
            ) from error
    _remember(insee_code=insee_code, year=year, place=place.name, answer=answer, summary=summary)
    return summary


@transaction.atomic
def _remember(*, insee_code: str, year: int, place: str, answer: SalesAnswer, summary: ImportSummary | None) -> None:
    now = timezone.now()
    seen = {"place": place, "is_published": answer.is_published, "checked_at": now}
    imported = {"etag": answer.etag, "imported_at": now} if summary else {}
    file, _ = SalesFile.objects.update_or_create(insee_code=insee_code, year=year, defaults=seen | imported)
    if summary:
        audit.record(
            action="update",
            resource_type="sales_file",
            resource_id=file.pk,
            changes={"properties": (None, summary.properties), "new_properties": (None, summary.new_properties)},
        )
