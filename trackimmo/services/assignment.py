"""Giving properties to a client."""

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from core import tenancy
from trackimmo.models import AssignmentStatus, Client, ProcessingJob
from trackimmo.selectors.eligibility import PICKED, age_window

ASSIGN: Final = f"""
    WITH picked AS ({PICKED})
    INSERT INTO trackimmo_assignment
        (id, organization_id, client_id, property_id, address_key, job_id, status, send_date)
    SELECT gen_random_uuid(), %(organization_id)s, %(client_id)s, id, address_key, %(job_id)s, %(status)s, now()
    FROM picked
    ON CONFLICT DO NOTHING
    RETURNING id, property_id
"""  # noqa: S608 -- constants only
SEED_BITS: Final = 63


@dataclass(frozen=True, slots=True)
class AssignmentResult:
    """What a client was given: the ids of the new assignments and of their properties, pairwise."""

    requested_count: int
    assignment_ids: tuple[UUID, ...]
    property_ids: tuple[UUID, ...]

    @property
    def assigned_count(self) -> int:
        """How many properties the client got."""
        return len(self.assignment_ids)

    @property
    def is_short(self) -> bool:
        """Whether fewer properties were eligible than were asked for."""
        return self.assigned_count < self.requested_count


@transaction.atomic
def assign_properties(
    *, client: Client, count: int, today: date, seed: int | None = None, job: ProcessingJob | None = None
) -> AssignmentResult:
    """Draw up to `count` eligible properties for the client, older sales more likely, and assign them.

    Eligible: in the client's cities and of his types, sold within the age window before `today`, at an address he was
    never given. A `seed` (a 64-bit integer) repeats a draw from the same properties. Fewer eligible than asked for is
    no error. Raises Client.DoesNotExist if the client is not in this organization.
    """
    # Two draws for one client take turns: the second sees what the first one took. Other clients are not held up.
    Client.objects.select_for_update(no_key=True).only("pk").get(pk=client.pk)
    return draw_properties(client=client, count=count, today=today, seed=seed, job=job)


def draw_properties(
    *, client: Client, count: int, today: date, seed: int | None = None, job: ProcessingJob | None = None
) -> AssignmentResult:
    """The same in a transaction that has locked the client's row already."""
    window = age_window(today=today)
    parameters = {
        "organization_id": tenancy.current_organization_id(),
        "client_id": client.pk,
        "job_id": job.pk if job else None,
        "status": AssignmentStatus.NEW,
        "earliest": window.earliest,
        "latest": window.latest,
        "count": count,
        "seed": secrets.randbits(SEED_BITS) if seed is None else seed,
    }
    with connection.cursor() as cursor:
        cursor.execute(ASSIGN, parameters)
        rows = cursor.fetchall()
    return AssignmentResult(
        requested_count=count,
        assignment_ids=tuple(assignment_id for assignment_id, _ in rows),
        property_ids=tuple(property_id for _, property_id in rows),
    )
