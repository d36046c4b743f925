"""What the tests of the daily run share: a clock, a worker, and what clients got."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from celery import current_app

from core import tenancy
from trackimmo import tasks
from trackimmo.models import ACTIVE_JOB, Dispatch, JobStatus, ProcessingJob

PARIS = ZoneInfo("Europe/Paris")


def in_paris(day: str | date, hour: int = 9, minute: int = 0) -> datetime:
    """That time in Paris."""
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return datetime.combine(day, time(hour, minute), tzinfo=PARIS)


TENTH_OF_MAY, ELEVENTH_OF_MAY = "2027-05-10", "2027-05-11"
TENTH = in_paris(TENTH_OF_MAY)


class Worker:
    """Receives what is asked of the workers, and does it when told to."""

    def __init__(self, monkeypatch) -> None:
        self.asked: list[tuple[str, str]] = []
        monkeypatch.setattr(current_app, "send_task", self._receive)

    def _receive(self, name, args, **options) -> None:
        if name == "trackimmo.tasks.work_on_day":
            self.asked.append(tuple(args))

    def work(self) -> None:
        """Do everything that is asked, and what is asked meanwhile."""
        while self.asked:
            with tenancy.no_scope():
                tasks.work_on_day(*self.asked.pop(0))

    def beat(self) -> None:
        """Beat's question, and all that follows from it."""
        with tenancy.no_scope():
            tasks.look_for_days()
        self.work()


def complete_jobs(job_id=None) -> bool:
    """End all active jobs well, as quickly as that can be done."""
    ProcessingJob.unscoped.filter(ACTIVE_JOB).update(
        status=JobStatus.COMPLETED, lease_token=None, lease_expires_at=None
    )
    return True


def dispatches(kind: str | None = None) -> list[tuple[str, str, str, str]]:
    """(the client's e-mail, what he got, when, the report's day) in our organization, in order."""
    rows = Dispatch.objects.select_related("client", "run").order_by("run__day", "client__email", "kind")
    return [(row.client.email, row.kind, str(row.run.day), str(row.due_on)) for row in rows if kind in (None, row.kind)]


def numbered(count: int, make: Callable, **options) -> list:
    """So many of them, with e-mails in order."""
    return [make(email=f"client{number:03}@agence.test", **options) for number in range(count)]
