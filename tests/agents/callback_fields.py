"""A Monday on which callbacks are scheduled, and how they are shown by default."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from rest_framework.test import APIClient

from agents.models import Callback, Customer
from agents.services.followups import renew_followups
from core.outbox.models import OutboxEvent
from tests.agents.conftest import CALLBACKS
from tests.agents.factories import CallbackFactory
from tests.stored import audited

MONDAY = datetime(2030, 1, 7, 8, tzinfo=UTC)
SCHEDULED = {
    "status": "scheduled",
    "priority_level": 3,
    "reason": "",
    "notes": "",
    "expected_outcome": "",
    "outcome": "",
    "reschedule_count": 0,
    "started_at": None,
    "completed_at": None,
    "cancelled_at": None,
    "is_overdue": False,
}
NOBODY = UUID(int=0)


def on(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    """A time of that Monday, or of `day` days later."""
    return MONDAY.replace(hour=hour, minute=minute) + timedelta(days=day)


def iso(moment: datetime | None) -> str | None:
    """As answers write it."""
    return moment and f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def everything() -> Any:
    """All that a refusal must leave as it is."""
    return (
        list(Callback.unscoped.order_by("pk").values()),
        list(Customer.unscoped.order_by("pk").values()),
        OutboxEvent.unscoped.count(),
    )


def entries(resource_type: str = "callback") -> list[tuple[str, str, Any]]:
    """What the audit log was told of callbacks, oldest first: action, id and changes."""
    return [
        (entry["action"], entry["resource_id"], entry["changes"])
        for entry in audited()
        if entry["resource_type"] == resource_type
    ]


TEN = on(10)


def booked(customer, at=TEN, **fields) -> Callback:
    """A callback, with all that follows from it."""
    callback = CallbackFactory(customer=customer, scheduled_datetime=at, **fields)
    renew_followups([customer.pk])
    return callback


def path(callback) -> str:
    """Where it is."""
    return f"{CALLBACKS}{callback.pk}/"


def patch(caller: APIClient, callback: Callback, **body: Any) -> Any:
    """Change what is given."""
    return caller.patch(path(callback), body, format="json")


def put(caller: APIClient, callback: Callback, **body: Any) -> Any:
    """Replace it."""
    return caller.put(path(callback), body, format="json")


def followup() -> object:
    """When John is called next."""
    return Customer.objects.get(name="John").next_followup
