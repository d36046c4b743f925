"""The log as CSV: a part at a time, however long it is."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction

from audit import services as audit
from core.csv_files import BROKEN_OFF, csv_parts
from core.exporting import FewAtOnce
from core.jsontypes import JSON
from core.tenancy import current_organization_id
from profiles import selectors
from profiles.selectors import Filters
from profiles.services.facts import shown

LOG: Final = "logged_out_profiles"
COLUMNS: Final = ("id", "agent_name", "profile_name", "timestamp", "created_at", "updated_at", "reason")


def export_csv(*, filters: Filters, for_spreadsheet: bool = False) -> FewAtOnce:
    """The records asked for, newest first, as UTF-8, which its first bytes say `for_spreadsheet`s.

    Texts that a spreadsheet would take for formulas begin with an apostrophe. The audit log tells of the export before
    the first record is read. What is returned is read later, remembers on whose behalf, and is to be closed. Raises
    TooManyExports, of which the audit log does not tell.
    """

    def begin() -> Iterator[bytes]:
        _record(filters)
        rows = (shown(row).values() for row in selectors.export(filters))
        return csv_parts(COLUMNS, rows, for_spreadsheet=for_spreadsheet)

    return FewAtOnce(begin, broken_off=BROKEN_OFF)


@transaction.atomic
def _record(filters: Filters) -> None:
    asked: dict[str, JSON] = {name: _plain(value) for name, value in asdict(filters).items() if value is not None}
    audit.record(
        action="export",
        resource_type=LOG,
        resource_id=current_organization_id(),
        changes={name: (None, value) for name, value in asked.items()},
    )


def _plain(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else value
