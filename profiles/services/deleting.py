"""Taking records out of the log. Their browser profiles stay until `forget_unused_profiles` comes by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from audit import services as audit
from core.tenancy import current_organization_id
from profiles.errors import RecordNotFound
from profiles.selectors import Row
from profiles.selectors.records import as_rows
from profiles.services.facts import RESOURCE, changes_of
from profiles.services.statements import DELETE, HOLD

GREATEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class BulkDeletion:
    """How many records are gone, and the ids that none of the organization's had, in the order given."""

    deleted_count: int
    failed_ids: Sequence[int]


@transaction.atomic
def delete_record(*, record_id: int) -> Row:
    """Delete a record and return it as it was. Raises RecordNotFound."""
    deleted = _delete([record_id])
    if not deleted:
        raise RecordNotFound
    [row] = deleted
    changes = changes_of(before=row, after=None)
    audit.record(action="delete", resource_type=RESOURCE, resource_id=str(record_id), changes=changes)
    return row


@transaction.atomic
def delete_records(*, ids: Sequence[int]) -> BulkDeletion:
    """Delete those of the records that there are. Each has an entry in the audit log."""
    asked = list(dict.fromkeys(ids))
    deleted = {row["id"]: row for row in _delete([pk for pk in asked if 0 < pk <= GREATEST_ID])}
    changes = {str(pk): changes_of(before=deleted[pk], after=None) for pk in sorted(deleted)}
    audit.record_many(action="delete", resource_type=RESOURCE, resource_ids=changes, changes=changes)
    return BulkDeletion(len(deleted), [pk for pk in asked if pk not in deleted])


def _delete(ids: Sequence[int]) -> list[Row]:
    parameters: dict[str, Any] = {"organization_id": current_organization_id(), "ids": list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(HOLD, parameters)
        cursor.execute(DELETE, parameters)
        return as_rows(cursor.fetchall())
