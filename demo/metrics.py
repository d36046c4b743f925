"""A month of metrics: offices that work from seven to seven, less on weekends."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import uuid5

from django.db import transaction
from django.utils import timezone

from analytics import services as analytics
from analytics.services import Measurement
from core.scope import current_organization_id

DAYS: Final = 30
HOUR: Final = timedelta(hours=1)
OPENS, CLOSES = 7, 19
SATURDAY: Final = 5
# The most of an hour at work, and how many of such hours have any.
OF_AN_HOUR: Final = {
    "messages_sent": (180, 1.0),
    "campaigns_executed": (3, 0.2),
    "conversations_closed": (6, 0.7),
    "contacts_created": (8, 0.6),
}
AGENTS_ONLINE: Final = 3


@transaction.atomic
def seed_metrics(*, seed: int) -> None:
    """Record the hours of the last month for the organization in scope.

    Each hour has the same numbers and ids whenever it is recorded: what is there is not counted again.
    """
    hours = list(_hours(timezone.now()))
    measurements = [one for hour in hours for one in _of(hour, seed=seed)]
    organization_id = current_organization_id()
    event_ids = [uuid5(organization_id, f"demo {one.metric} {one.at.isoformat()}") for one in measurements]
    analytics.record_measurements(measurements, event_ids=event_ids)


def _hours(until: datetime) -> Iterator[datetime]:
    """The whole hours that have passed since so many days ago."""
    now = until.replace(minute=0, second=0, microsecond=0)
    yield from (now - HOUR * ago for ago in range(DAYS * 24, 0, -1))


def _of(hour: datetime, *, seed: int) -> Iterator[Measurement]:
    dice = Random(f"{seed} {hour.isoformat()}")  # noqa: S311 -- made up, not secret
    is_at_work = OPENS <= hour.hour < CLOSES
    yield Measurement("agents_online", hour, dice.randint(1, AGENTS_ONLINE) if is_at_work else 0)
    share = 0.2 if hour.weekday() >= SATURDAY else 1.0
    for metric, (most, often) in OF_AN_HOUR.items():
        if is_at_work and dice.random() < often * share:
            yield Measurement(metric, hour, dice.randint(1, most))
