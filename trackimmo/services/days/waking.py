"""Telling a worker that a day is to be worked on. A message only says "look": a lost one costs time, nothing else."""

from typing import Final
from uuid import UUID

from core.asking import Request
from core.tenancy import current_organization_id

# After so long the message is taken for lost.
MESSAGE_SECONDS: Final = 30


def wake_day(run_id: UUID) -> None:
    """Ask for one more worker for the run, unless the last one who was asked for has not come yet.

    So one message waits at most, however many workers are on it, and they come as they are free: whatever else is
    asked for meanwhile gets its turn. A dead broker is logged: beat asks again.
    """
    _request(run_id).send()


def worker_came(run_id: UUID) -> None:
    """The one who was asked for is here: the next one may be."""
    _request(run_id).answer()


def _request(run_id: UUID) -> Request:
    arguments = (str(run_id), str(current_organization_id()))
    return Request("trackimmo.tasks.work_on_day", arguments, seconds=MESSAGE_SECONDS)
