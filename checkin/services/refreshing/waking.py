"""Asking for workers. A message only says "look": a lost one costs time and nothing else."""

from typing import Final
from uuid import UUID

from core.asking import Request
from core.tenancy import current_organization_id

# After so long the message is taken for lost.
MESSAGE_SECONDS: Final = 30


def wake(run_id: UUID) -> None:
    """Ask for one more worker for the run, unless the last one who was asked for has not come yet."""
    _request(run_id).send()


def worker_came(run_id: UUID) -> None:
    """The one who was asked for is here: the next one may be."""
    _request(run_id).answer()


def _request(run_id: UUID) -> Request:
    arguments = (str(run_id), str(current_organization_id()))
    return Request("checkin.tasks.work_on_run", arguments, seconds=MESSAGE_SECONDS)
