"""What became of a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from core.mail.queueing import TOPIC
from core.outbox.models import OPEN, OutboxEvent
from trackimmo.models import Dispatch, DispatchKind, JobStatus, ProcessingJob


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Numbers of one organization; `given_up` are mails that no further attempt can deliver."""

    reminders: int
    reports: int
    completed: int
    postponed: int
    unfinished: int
    failed: int
    mails_sent: int
    mails_waiting: int
    mails_given_up: int

    @property
    def problems(self) -> int:
        """What somebody has to look at."""
        return self.failed + self.mails_given_up


class Tally:
    """Counts what happens from its creation on, whoever does it: the runs' own work, and the jobs `retried` besides."""

    def __init__(self, run_ids: Collection[UUID]) -> None:
        self.retried: list[UUID] = []
        self._run_ids = run_ids
        self._since = _database_time()
        self._before = self._dispatches()

    def summary(self) -> DaySummary:
        """The numbers until now."""
        dispatched = self._dispatches()
        jobs = ProcessingJob.objects.filter(Q(dispatches__run__in=self._run_ids) | Q(pk__in=self.retried))
        ended = Q(finished_at__gte=self._since)
        mails = OutboxEvent.objects.filter(topic=TOPIC)
        return DaySummary(
            **{
                name: dispatched.get(kind, 0) - self._before.get(kind, 0)
                for name, kind in (("reminders", DispatchKind.REMINDER), ("reports", DispatchKind.REPORT))
            },
            **jobs.aggregate(
                completed=Count("pk", filter=ended & Q(status=JobStatus.COMPLETED)),
                failed=Count("pk", filter=ended & Q(status=JobStatus.FAILED)),
                postponed=Count("pk", filter=Q(status=JobStatus.PENDING, attempt_count__gt=0)),
                unfinished=Count("pk", filter=Q(status=JobStatus.PROCESSING) | Q(status="pending", attempt_count=0)),
            ),
            mails_sent=mails.filter(delivered_at__gte=self._since).count(),
            mails_waiting=mails.filter(OPEN).count(),
            mails_given_up=mails.filter(parked_at__gte=self._since).count(),
        )

    def _dispatches(self) -> dict[str, int]:
        mine = Dispatch.objects.filter(run__in=self._run_ids).order_by()
        return dict(mine.values_list("kind").annotate(Count("pk")))


def _database_time() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
