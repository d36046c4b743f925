"""Telling a worker that there is something to relay. A message only says "look": none is missed if it gets lost."""

from dataclasses import dataclass

import structlog
from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import RedisError

from core.redis import client

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wake:
    """Asks for a relay of one topic when called. A dead broker is logged: the sweep finds the events anyway."""

    topic: str

    def __call__(self) -> None:
        is_first = _ask(self.topic)
        if is_first is False:
            return
        try:
            # By name: the task imports the relay, and the relay wakes the next one.
            current_app.send_task("core.outbox.tasks.relay_topic", args=[self.topic], retry=False)
        except OperationalError as error:
            logger.warning("outbox_wake_failed", topic=self.topic, error=str(error))
            if is_first:
                answer(self.topic)


def answer(topic: str) -> None:
    """No message about the topic waits any more: what is published from now on needs one of its own."""
    try:
        client().delete(_key(topic))
    except RedisError as error:
        logger.warning("outbox_wake_not_answered", topic=topic, error=str(error))


def _ask(topic: str) -> bool | None:
    """Whether no message about the topic waits for a worker yet; from now on one does. None if Redis cannot tell.

    Ten thousand jobs of a day would otherwise leave ten thousand messages, of which the first finds everything. The
    mark does not outlive a sweep, so that a message that got lost is sent again.
    """
    try:
        return bool(client().set(_key(topic), 1, nx=True, ex=settings.SWEEP_SECONDS))
    except RedisError:
        return None  # one message too many does no harm


def _key(topic: str) -> str:
    return f"outbox:asked:{topic}"
