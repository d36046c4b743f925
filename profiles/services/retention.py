"""Forgetting what is older than it is kept, and browser profiles that nothing is known of any more."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit import services as audit
from core import tenancy
from core.tenancy import current_organization_id
from profiles.models import BrowserProfile
from profiles.selectors.parts import LAST_ID
from profiles.services.exporting import LOG

BATCH: Final = 2000
# A worker has a minute for its task, which does two of these.
TASK_SECONDS: Final = 20
FIRST: Final = 0
# A thousand years: the calendar has not many more.
LONGEST_DAYS: Final = 365_000
# What somebody else is correcting or deleting is left for the next time: nobody waits for anybody, in a circle or not.
# Only parts that have something old are read, one after the other until there is enough: the closed blocks that say
# so, and what is behind the last one.
DELETE_OLDEST: Final = f"""
WITH part AS MATERIALIZED (
    SELECT first_id, last_id FROM profiles_block
    WHERE organization_id = %(organization_id)s AND earliest < %(before)s
    UNION ALL
    SELECT coalesce(max(last_id), 0) + 1, {LAST_ID} FROM profiles_block WHERE organization_id = %(organization_id)s
    ORDER BY first_id
), held AS MATERIALIZED (
    SELECT old.id FROM part CROSS JOIN LATERAL (
        SELECT record.id FROM logged_out_profiles AS record
        WHERE record.organization_id = %(organization_id)s AND record.id BETWEEN part.first_id AND part.last_id
          AND record.timestamp < %(before)s
        ORDER BY record.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) AS old LIMIT %(limit)s
)
DELETE FROM logged_out_profiles AS record USING held WHERE record.id = held.id
"""  # noqa: S608 -- constants only
UNUSED: Final = "NOT EXISTS (SELECT FROM logged_out_profiles AS record WHERE record.profile_id = profile.id)"
# Whoever is being reported is held by its report, and skipped.
HOLD_UNUSED: Final = f"""
SELECT id FROM profiles_browserprofile AS profile
WHERE organization_id = %(organization_id)s AND id > %(after)s AND {UNUSED}
ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""  # noqa: S608 -- constants only
# Looks once more: what was reported before it was held could not be seen when the other statement began.
DELETE_UNUSED: Final = f"""
DELETE FROM profiles_browserprofile AS profile WHERE id = ANY(%(ids)s) AND {UNUSED}
"""  # noqa: S608 -- constants only


def forget_old_records(*, older_than_days: int | None = None, seconds: float = TASK_SECONDS) -> int:
    """Delete every organization's records of more than so many days ago, PROFILES_RETENTION_DAYS unless told; 0: none.

    Returns how many. Each batch is its own transaction, so that nobody waits for long, and none is begun after
    `seconds`: what is left then is deleted by the next call. The audit log tells of each batch.
    """
    days = settings.PROFILES_RETENTION_DAYS if older_than_days is None else older_than_days
    if not days:
        return 0
    before, deadline = timezone.now() - timedelta(days=min(days, LONGEST_DAYS)), time.monotonic() + seconds
    total = 0
    for organization_id in _organizations():
        if time.monotonic() >= deadline:
            break
        with tenancy.scope(organization_id):
            total += _forget_of_organization(before, days=days, deadline=deadline)
    return total


def forget_unused_profiles(*, seconds: float = TASK_SECONDS) -> int:
    """Delete every organization's browser profiles of which there is no record. Returns how many."""
    deadline = time.monotonic() + seconds
    total = 0
    for organization_id in _organizations():
        with tenancy.scope(organization_id):
            last: int | None = FIRST
            while last is not None and time.monotonic() < deadline:
                last, deleted = _forget_unused(after=last)
                total += deleted
    return total


def _organizations() -> Iterator[UUID]:
    """Those that have anything here: unscoped, for the work is everybody's."""
    return BrowserProfile.unscoped.order_by().values_list("organization_id", flat=True).distinct().iterator()


def _forget_of_organization(before: datetime, *, days: int, deadline: float) -> int:
    total = deleted = _delete_batch(before, days=days)
    while deleted == BATCH and time.monotonic() < deadline:
        deleted = _delete_batch(before, days=days)
        total += deleted
    return total


@transaction.atomic
def _delete_batch(before: datetime, *, days: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(DELETE_OLDEST, {"organization_id": current_organization_id(), "before": before, "limit": BATCH})
        deleted = int(cursor.rowcount)
    if deleted:
        audit.record(
            action="delete",
            resource_type=LOG,
            resource_id=current_organization_id(),
            changes={"older_than_days": (None, days), "records": (deleted, 0)},
        )
    return deleted


@transaction.atomic
def _forget_unused(*, after: int) -> tuple[int | None, int]:
    """Up to BATCH of them with greater ids: the last one's id, if there may be more, and how many are gone."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD_UNUSED, {"organization_id": current_organization_id(), "after": after, "limit": BATCH})
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(DELETE_UNUSED, {"ids": ids})
        return (ids[-1] if len(ids) == BATCH else None), int(cursor.rowcount)
