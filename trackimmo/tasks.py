"""Celery's side of the jobs: each task only looks, and may run any number of times."""

from uuid import UUID

import structlog
from celery import Task, shared_task
from structlog.contextvars import bound_contextvars

from core import tenancy
from core.actor import Origin, origin_of
from trackimmo import services
from trackimmo.selectors.jobs import job_door

logger = structlog.get_logger(__name__)


class JobTask(Task[[str], None]):
    """A task about one job, in the scope of its organization and under the id of the request it came from."""

    def __call__(self, job_id: str) -> None:
        door = job_door(UUID(job_id))
        if door is None:
            logger.warning("job_gone", job_id=job_id)
            return
        with (
            tenancy.scope(door.organization_id),
            origin_of(Origin(request_id=door.request_id)),
            bound_contextvars(request_id=door.request_id, job_id=job_id),
        ):
            super().__call__(job_id)


@shared_task(base=JobTask)
def run_job(job_id: str) -> None:
    """Work on a job, if it is due and nobody else does."""
    services.run_job(job_id=UUID(job_id))


@shared_task
def sweep_jobs() -> None:
    """Ask for the jobs that wait. Beat asks for it every SWEEP_SECONDS."""
    services.sweep_jobs()
