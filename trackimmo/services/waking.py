"""Telling a worker that there is a job. A message only says "look": a lost one costs time and nothing else."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from trackimmo.selectors.jobs import claimable_job_ids

logger = structlog.get_logger(__name__)

SWEEP_BATCH: Final = 500
# A sweep repeats what earlier ones asked for: its messages must not heap up while all workers are busy.
SWEEP_MESSAGE_SECONDS: Final = 60


def _send(job_id: UUID, *, expires_seconds: int | None = None) -> None:
    # By name: the task imports the services.
    current_app.send_task("trackimmo.tasks.run_job", args=[str(job_id)], retry=False, expires=expires_seconds)


@dataclass(frozen=True, slots=True)
class Wake:
    """Asks for a job to be run when called. A dead broker is logged: the sweep finds the job anyway."""

    job_id: UUID

    def __call__(self) -> None:
        try:
            _send(self.job_id)
        except OperationalError as error:
            logger.warning("job_wake_failed", job_id=str(self.job_id), error=str(error))


def wake_after_commit(job_id: UUID) -> None:
    """Ask for the job to be run once the surrounding transaction has committed."""
    transaction.on_commit(Wake(job_id), robust=True)


def sweep_jobs() -> int:
    """Ask for the jobs that are due, or whose worker let its lease run out: 500 at most, of all organizations.

    Returns how many. Raises OperationalError when the broker is gone; the next sweep asks again.
    """
    job_ids = claimable_job_ids(limit=SWEEP_BATCH)
    for job_id in job_ids:
        _send(job_id, expires_seconds=SWEEP_MESSAGE_SECONDS)
    return len(job_ids)
