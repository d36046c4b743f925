"""A whole day's work in the calling process, beside the workers if there are any."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone

from core import outbox
from trackimmo.models import DailyRun
from trackimmo.selectors.days import due_job_ids, open_run_ids
from trackimmo.selectors.eligibility import today_in_paris
from trackimmo.services.days.opening import open_due_days, order_day
from trackimmo.services.days.summary import DaySummary, Tally
from trackimmo.services.days.working import batches, finish_if_done, in_the_name_of
from trackimmo.services.processing import run_job


def run_day(day: date) -> DaySummary:
    """Do a day of the organization in scope: reminders, reports, jobs that are due again, and the mails of all that.

    It is done whatever the time is, and again if it was done; what was done before is not repeated. Today includes the
    days that were missed. Returns what became of it since the call, whoever did it.
    """
    run_ids = [order_day(day)]
    if day == today_in_paris():
        open_due_days(now=timezone.now())
        run_ids = [*open_run_ids()]
    tally = Tally(run_ids)
    while _see_to_all(run_ids, tally):
        pass
    outbox.relay_all()
    return tally.summary()


def _see_to_all(run_ids: Sequence[UUID], tally: Tally) -> bool:
    """See to everybody who can be had, and do the jobs that are due. Returns whether there was anything to do."""
    did_something = False
    for run in DailyRun.objects.filter(pk__in=run_ids).order_by("day"):
        with in_the_name_of(run):
            for batch in batches(run):
                did_something |= batch.dispatched > 0
                for job_id in batch.job_ids:
                    run_job(job_id=job_id)
            finish_if_done(run)
    for job_id in due_job_ids():
        if run_job(job_id=job_id):
            tally.retried.append(job_id)
            did_something = True
    return did_something
