"""Telling a worker that a day is to be worked on. A message only says "look": a lost one costs time, nothing else."""

from typing import Final
from uuid import UUID

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis import RedisError

from core.redis import client as redis_client
from core.tenancy import current_organization_id

logger = structlog.get_logger(__name__)

# After so long the message is taken for lost.
MESSAGE_SECONDS: Final = 30


def wake_day(run_id: UUID) -> None:
    """Ask for one more worker for the run, unless the last one who was asked for has not come yet.

    So one message waits at most, however many workers are on it, and they come as they are free: whatever else is
    asked for meanwhile gets its turn. A dead broker is logged: beat asks again.
    """
    if not _is_first(run_id):
        return
    try:
        # By name: the task imports the services.
        arguments = [str(run_id), str(current_organization_id())]
        current_app.send_task("trackimmo.tasks.work_on_day", args=arguments, retry=False)
    except OperationalError as error:
        logger.warning("day_wake_failed", run_id=str(run_id), error=str(error))


def worker_came(run_id: UUID) -> None:
    """The one who was asked for is here: the next one may be."""
    try:
        redis_client().delete(_key(run_id))
    except RedisError as error:
        logger.warning("day_wake_not_noted", run_id=str(run_id), error=str(error))


def _is_first(run_id: UUID) -> bool:
    try:
        return bool(redis_client().set(_key(run_id), 1, nx=True, ex=MESSAGE_SECONDS))
    except RedisError as error:
        logger.warning("day_wake_not_noted", run_id=str(run_id), error=str(error))
        return True


def _key(run_id: UUID) -> str:
    return f"trackimmo:day:{run_id}:asked"
