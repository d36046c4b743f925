"""Entries for tests: recorded as services record them, and brought by the relay."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit import services as audit
from core import outbox, tenancy
from core.actor import Actor, Origin, origin_of
from core.outbox.models import OutboxEvent
from tests.conftest import Company

NOON = datetime(2026, 1, 27, 12, tzinfo=UTC)
CAMPAIGN = "770e8400-e29b-41d4-a716-446655440002"
PROGRAM = "environment:API_KEY"


def write(
    company: Company,
    *,
    by: User | str | None = None,
    at: datetime | None = NOON,
    action: str = "update",
    resource_type: str = "campaign",
    resource_ids: tuple[str, ...] = (CAMPAIGN,),
    changes: dict | None = None,
) -> list[UUID]:
    """Have a person, or the program with a key of this name, do it to each object. The ids of the entries, in order."""
    organization_id = company.organization.pk
    if isinstance(by, User):
        actor = by.as_actor()
    else:
        actor = Actor(kind="key", organization_id=organization_id, key_id=by) if by else None
    origin = Origin(actor, "192.168.1.100", "Mozilla/5.0", "request-1")
    with tenancy.scope(organization_id), origin_of(origin), transaction.atomic():
        OutboxEvent.unscoped.all().delete()  # of logins
        for resource_id in resource_ids:
            audit.record(action=action, resource_type=resource_type, resource_id=resource_id, changes=changes)
        events = OutboxEvent.objects.filter(topic="audit.entry")
        if at is not None:
            # One moment to MongoDB, and still the order in which they were recorded.
            order = {resource_id: timedelta(microseconds=place) for place, resource_id in enumerate(resource_ids)}
            for event in (written := list(events)):
                event.created_at = at + order[event.payload["resource_id"]]
            OutboxEvent.objects.bulk_update(written, ["created_at"])
        rows = {event.payload["resource_id"]: event.pk for event in events}
    assert outbox.relay("audit.entry") == len(resource_ids)
    return [rows[resource_id] for resource_id in resource_ids]


def write_many(company: Company, number: int, **said) -> list[UUID]:
    """As `write`, to so many objects whose ids are numbers."""
    return write(company, resource_ids=tuple(str(one) for one in range(1, number + 1)), **said)
