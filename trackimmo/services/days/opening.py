"""Which days are worked on: those whose time has come, those that were missed, and those that an operator orders."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from audit import services as audit
from core import tenancy
from trackimmo.models import DailyRun
from trackimmo.selectors import days
from trackimmo.selectors.calendar import DAYS_MADE_UP, ONE_DAY, days_to_open, end_of, latest_begun
from trackimmo.services.days.waking import wake_day


def look_for_days() -> int:
    """Open what must be worked on, in every organization, and ask for workers. Returns how many runs are open."""
    now = timezone.now()
    asked = 0
    for organization_id in days.organizations_with_work(now=now):
        with tenancy.scope(organization_id):
            open_due_days(now=now)
            for run_id in days.open_run_ids():
                wake_day(run_id)
                asked += 1
    return asked


@transaction.atomic
def open_due_days(*, now: datetime) -> None:
    """Open today's run once its time has come, and those of the days before that nobody has seen to."""
    earliest = latest_begun(now) - ONE_DAY * DAYS_MADE_UP
    to_open = days_to_open(now=now, known_since=days.first_run_at(), seen_to=days.days_seen_to(since=earliest))
    _open([DailyRun(day=day, clients_until=end_of(day)) for day in to_open])


@transaction.atomic
def order_day(day: date) -> UUID:
    """Open a day's run, whenever it is and whatever was done of it: an operator's order. Returns the run's id.

    What was done is not done again. Clients who were created after that day are seen to as well.
    """
    _open([DailyRun(day=day, clients_until=timezone.now())])
    return DailyRun.objects.only("pk").get(day=day).pk


def _open(runs: Sequence[DailyRun]) -> None:
    """Write the runs down as open, those of days that have one by opening it again."""
    DailyRun.objects.bulk_create(
        runs,
        update_conflicts=True,
        unique_fields=["organization", "day"],
        update_fields=["clients_until", "finished_at"],
    )
    for run in runs:
        audit.record(action="execute", resource_type="daily_run", resource_id=run.day.isoformat())
