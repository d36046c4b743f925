"""A record as it is answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, TypedDict

from django.db import connection

from core.tenancy import current_organization_id


class Row(TypedDict):
    """A record with the names of its profile. Times are UTC."""

    id: int
    agent_name: str
    profile_name: str
    timestamp: datetime
    created_at: datetime
    updated_at: datetime
    reason: str | None


COLUMNS: Final = """record.id, profile.agent_name, profile.profile_name, record.timestamp, record.reason,
    record.created_at, record.updated_at"""
JOINED: Final = (
    "logged_out_profiles AS record JOIN profiles_browserprofile AS profile ON profile.id = record.profile_id"
)

ONE: Final = f"""
    SELECT {COLUMNS} FROM {JOINED} WHERE record.id = %(pk)s AND record.organization_id = %(organization_id)s
"""  # noqa: S608 -- constants only


def as_rows(tuples: Iterable[tuple[Any, ...]]) -> list[Row]:
    """Give the values of `COLUMNS` their names."""
    return [
        {
            "id": pk,
            "agent_name": agent_name,
            "profile_name": profile_name,
            "timestamp": timestamp,
            "created_at": created_at,
            "updated_at": updated_at,
            "reason": reason,
        }
        for pk, agent_name, profile_name, timestamp, reason, created_at, updated_at in tuples
    ]


def row(pk: int) -> Row | None:
    """The organization's record with this id, if it has one."""
    with connection.cursor() as cursor:
        cursor.execute(ONE, {"pk": pk, "organization_id": current_organization_id()})
        found = as_rows(cursor.fetchall())
    return found[0] if found else None
