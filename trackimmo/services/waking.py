"""Telling a worker that there is a job. A message only says "look": a lost one costs time and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from core.tenancy import current_organization_id
from trackimmo.selectors.jobs import WaitingJob, waiting_jobs

logger = structlog.get_logger(__name__)

SWEEP_BATCH: Final = 500
# A sweep repeats what earlier ones asked for: its messages must not heap up while all workers are busy.
SWEEP_MESSAGE_SECONDS: Final = 60
# More than there may be sweeps.
MOST_MESSAGES_WAITING: Final = 75


@dataclass(frozen=True, slots=True)
class Wake:
    """Asks for jobs of one organization to be run when called. A dead broker is logged: the sweep finds them anyway."""

    organization_id: UUID
    job_ids: tuple[UUID, ...]

    def __call__(self) -> None:
        try:
            for job_id in self.job_ids:
                _send(WaitingJob(job_id, self.organization_id))
        except OperationalError as error:
            logger.warning("job_wake_failed", jobs=len(self.job_ids), error=str(error))


def _send(job: WaitingJob, *, expires_seconds: int | None = None) -> None:
    # By name: the task imports the services.
    arguments = [str(job.id), str(job.organization_id)]
    current_app.send_task("trackimmo.tasks.run_job", args=arguments, retry=False, expires=expires_seconds)


def wake_after_commit(job_ids: Iterable[UUID]) -> None:
    """Ask for jobs of the organization in scope to be run once the surrounding transaction has committed."""
    transaction.on_commit(Wake(current_organization_id(), tuple(job_ids)), robust=True)


def sweep_jobs() -> int:
    """Ask for the jobs that are due, or whose worker let its lease run out: 500 at most, of all organizations.

    While messages wait for the workers, nothing is asked: the jobs may well be among them, and what is lost is found
    when the workers have come to the end. Returns how many. Raises OperationalError when the broker is gone; the next
    sweep asks again.
    """
    if _messages_waiting() > MOST_MESSAGES_WAITING:
        return 0
    waiting = waiting_jobs(limit=SWEEP_BATCH)
    for job in waiting:
        _send(job, expires_seconds=SWEEP_MESSAGE_SECONDS)
    return len(waiting)


def _messages_waiting() -> int:
    with current_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        return int(channel.queue_declare(current_app.conf.task_default_queue).message_count)
