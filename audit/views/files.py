"""The log's export as a file to keep."""

from collections.abc import Iterator
from typing import Final

from django.http import StreamingHttpResponse
from django.utils import timezone

CONTENT_TYPES: Final = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


def log_file(parts: Iterator[bytes], *, file_format: str) -> StreamingHttpResponse:
    """The parts of an export, with a name that tells when it was made."""
    name = f"audit-log-{timezone.now():%Y%m%dT%H%M%SZ}.{file_format}"
    return StreamingHttpResponse(
        parts,
        content_type=CONTENT_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
