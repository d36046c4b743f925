"""Reads for the daily run: which days are open, and who is due."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, Max, Min, OuterRef, QuerySet

from accounts import selectors as accounts
from trackimmo.models import ACTIVE_JOB, Client, ClientStatus, DailyRun, Dispatch, ProcessingJob
from trackimmo.selectors.calendar import Duty, beginning_of, latest_begun
from trackimmo.selectors.jobs import CLAIMABLE

MOST_JOBS: Final = 500


def clients_due(duty: Duty, *, created_until: datetime) -> QuerySet[Client]:
    """The clients of this organization who are due and have not been seen to, in the order of their ids."""
    seen_to = Dispatch.unscoped.filter(client=OuterRef("pk"), kind__in=duty.settled_by, month=duty.month)
    return Client.objects.filter(
        ~Exists(seen_to),
        status=ClientStatus.ACTIVE,
        send_day=duty.send_day,
        unsubscribed_at=None,
        created_at__lte=created_until,
    ).order_by("pk")


def without_active_job(clients: QuerySet[Client]) -> QuerySet[Client]:
    """Those of the clients for whom a job can be opened now."""
    return clients.filter(~Exists(ProcessingJob.unscoped.filter(ACTIVE_JOB, client=OuterRef("pk"))))


def organizations_with_work(*, now: datetime) -> Sequence[UUID]:
    """The organizations that have an open run, or have not begun with the latest day. One query, on two indexes."""
    latest = latest_begun(now)
    runs = DailyRun.unscoped.filter(organization=OuterRef("pk"))
    begun = runs.filter(day=latest, clients_until__gte=beginning_of(latest))
    with_work = accounts.organizations().filter(~Exists(begun) | Exists(runs.filter(finished_at=None)))
    return list(with_work.order_by("pk").values_list("pk", flat=True))


def open_run_ids() -> Sequence[UUID]:
    """The open runs of this organization, the oldest day first."""
    return list(DailyRun.objects.filter(finished_at=None).order_by("day").values_list("pk", flat=True))


def first_run_at() -> datetime | None:
    """When this organization's first run was made."""
    first: datetime | None = DailyRun.objects.aggregate(first=Min("created_at"))["first"]
    return first


def days_seen_to(*, since: date) -> Sequence[date]:
    """The days from `since` on that were begun with when their time had come."""
    runs = DailyRun.objects.filter(day__gte=since).values_list("day", "clients_until")
    return [day for day, clients_until in runs if clients_until >= beginning_of(day)]


def due_job_ids() -> Sequence[UUID]:
    """The jobs of this organization that wait for a worker, those waiting longest first: 500 at most."""
    waiting = ProcessingJob.objects.filter(CLAIMABLE).order_by("available_at")
    return list(waiting.values_list("pk", flat=True)[:MOST_JOBS])


def open_run_count() -> int:
    """How many runs are open, across organizations."""
    return DailyRun.unscoped.filter(finished_at=None).count()


def last_finished_day() -> date | None:
    """The last finished day of the organization that is furthest behind."""
    finished = DailyRun.unscoped.exclude(finished_at=None).order_by()
    last_days = finished.values("organization").annotate(last=Max("day")).values_list("last", flat=True)
    return min(last_days, default=None)
