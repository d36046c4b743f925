"""Celery's side of the jobs: each task only looks, and may run any number of times."""

from uuid import UUID

from celery import shared_task
from structlog.contextvars import bound_contextvars

from core import tenancy
from trackimmo import services


# A job may have to fetch sales first: its preparation ends by itself well before the soft limit.
@shared_task(soft_time_limit=300, time_limit=330)
def run_job(job_id: str, organization_id: str) -> None:
    """Work on a job, if it is due and nobody else does."""
    with tenancy.scope(UUID(organization_id)), bound_contextvars(job_id=job_id):
        services.run_job(job_id=UUID(job_id))


@shared_task
def sweep_jobs() -> None:
    """Ask for the jobs that wait. Beat asks for it every SWEEP_SECONDS."""
    services.sweep_jobs()


@shared_task
def delete_old_jobs() -> None:
    """Forget jobs that ended more than JOB_CLEANUP_DAYS ago. Beat asks for it once a day."""
    services.delete_old_jobs()


@shared_task
def look_for_days() -> None:
    """Open the days whose time has come, and ask for workers. Beat asks for it every SWEEP_SECONDS."""
    services.days.look_for_days()


# Ten seconds of its own, and the last job that it began in them.
@shared_task(soft_time_limit=310, time_limit=340)
def work_on_day(run_id: str, organization_id: str) -> None:
    """Work on an open day for a while."""
    with tenancy.scope(UUID(organization_id)):
        services.days.work_on_day(run_id=UUID(run_id))
