"""Writing down that profiles were logged out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

from audit import services as audit
from core import live
from core.database import binary_cursor
from core.telling import together
from core.tenancy import current_organization_id
from profiles.selectors import Row
from profiles.services.facts import LIVE_EVENT, RESOURCE, changes_of, shown
from profiles.services.statements import INSERT, INSERT_MANY


@dataclass(frozen=True, slots=True)
class NewRecord:
    """What a script tells of a logout. The time is the server's."""

    agent_name: str
    profile_name: str
    reason: str | None = None


def report_logout(*, agent_name: str, profile_name: str, reason: str | None = None) -> Row:
    """Write one logout of a browser profile down, which is made known if it is not, and tell those who watch.

    The record and its entry in the audit log are one statement, and so one transaction, without the round trips that
    begin and end one: scripts report often.
    """
    said = NewRecord(agent_name, profile_name, reason)
    changes = {name: (None, value) for name, value in asdict(said).items() if value is not None}
    recording = audit.recording(action="create", resource_type=RESOURCE, changes=changes)
    with together():
        with recording as entry, binary_cursor(keeps_plan=True) as cursor:
            cursor.execute(INSERT, {"organization_id": current_organization_id(), **asdict(said), **entry})
            row = _row(said, cursor.fetchone())
        live.announce_statement(LIVE_EVENT, shown(row))
    return row


@transaction.atomic
def report_logouts(*, items: Sequence[NewRecord]) -> list[Row]:
    """Write several down, all or none, in their order. Each has an entry in the audit log."""
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_MANY,
            {
                "organization_id": current_organization_id(),
                "agent_names": [item.agent_name for item in items],
                "profile_names": [item.profile_name for item in items],
                "reasons": [item.reason for item in items],
            },
        )
        rows = [_row(said, values) for said, values in zip(items, cursor.fetchall(), strict=True)]
    changes = {str(row["id"]): changes_of(before=None, after=row) for row in rows}
    audit.record_many(action="create", resource_type=RESOURCE, resource_ids=changes, changes=changes)
    live.announce_many(LIVE_EVENT, [shown(row) for row in rows])
    return rows


def _row(said: NewRecord, values: Any) -> Row:  # noqa: ANN401 -- a row of the database
    pk, timestamp, created_at, updated_at = values
    return {
        "id": pk,
        "agent_name": said.agent_name,
        "profile_name": said.profile_name,
        "timestamp": timestamp,
        "reason": said.reason,
        "created_at": created_at,
        "updated_at": updated_at,
    }
