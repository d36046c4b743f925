"""Correcting what a record says."""

from typing import TypedDict, Unpack, cast

from django.db import connection, transaction

from audit import services as audit
from core.tenancy import current_organization_id
from profiles.errors import RecordNotFound
from profiles.models import LoggedOutProfile
from profiles.selectors import Row
from profiles.services.facts import RESOURCE, changes_of
from profiles.services.statements import UPDATE


class RecordFields(TypedDict, total=False):
    """What can be corrected; what is left out stays."""

    agent_name: str
    profile_name: str
    reason: str | None


@transaction.atomic
def update_record(*, record_id: int, **fields: Unpack[RecordFields]) -> Row:
    """Change what is given. Nothing given, or nothing that is another, changes nothing. Raises RecordNotFound."""
    before = _held(record_id)
    after = cast(Row, before | fields)
    changes = changes_of(before=before, after=after)
    if changes:
        with connection.cursor() as cursor:
            cursor.execute(
                UPDATE,
                {
                    "organization_id": current_organization_id(),
                    "id": record_id,
                    "agent_name": after["agent_name"],
                    "profile_name": after["profile_name"],
                    "reason": after["reason"],
                },
            )
            [(after["updated_at"],)] = cursor.fetchall()
        audit.record(action="update", resource_type=RESOURCE, resource_id=str(record_id), changes=changes)
    return after


def _held(record_id: int) -> Row:
    """The record, which nobody else changes until the transaction ends.

    Its profile is read afterwards: a join that waits would find nothing once the record has been given another one.
    """
    record = LoggedOutProfile.objects.select_for_update().filter(pk=record_id).first()
    if record is None:
        raise RecordNotFound
    return {
        "id": record.pk,
        "agent_name": record.profile.agent_name,
        "profile_name": record.profile.profile_name,
        "timestamp": record.timestamp,
        "reason": record.reason,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    }
