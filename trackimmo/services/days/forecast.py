"""Who would get what if a day were done now. Nothing is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from trackimmo.models import ACTIVE_JOB, Client, DailyRun, DispatchKind, ProcessingJob
from trackimmo.selectors.calendar import DAYS_MADE_UP, ONE_DAY, days_to_open, duties, end_of, latest_begun
from trackimmo.selectors.days import clients_due, days_seen_to, first_run_at
from trackimmo.selectors.eligibility import today_in_paris


@dataclass(frozen=True, slots=True)
class Expected:
    """That a client would get something; `must_wait` for the end of a job that he has now."""

    kind: DispatchKind
    due_on: date
    client: Client
    must_wait: bool


def expected(day: date) -> Iterator[Expected]:
    """What `run_day` would begin with in the organization in scope, day by day, reminders first."""
    today = today_in_paris()
    for one, created_until in sorted(_days(day, today=today).items()):
        for duty in duties(one, today=today):
            due = clients_due(duty, created_until=created_until)
            has_job = Exists(ProcessingJob.unscoped.filter(ACTIVE_JOB, client=OuterRef("pk")))
            for client in due.annotate(has_job=has_job).iterator():
                is_report = duty.kind == DispatchKind.REPORT
                yield Expected(duty.kind, duty.due_on, client, must_wait=is_report and client.has_job)


def _days(day: date, *, today: date) -> Mapping[date, datetime]:
    """The days that would be worked on, and until when a client must have been created."""
    now = timezone.now()
    if day != today:
        return {day: now}
    seen_to = days_seen_to(since=latest_begun(now) - ONE_DAY * DAYS_MADE_UP)
    missed = days_to_open(now=now, known_since=first_run_at(), seen_to=seen_to)
    still_open = DailyRun.objects.filter(finished_at=None).values_list("day", "clients_until")
    return {**{one: end_of(one) for one in missed}, **dict(still_open), day: now}
