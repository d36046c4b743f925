"""Telling a worker that there is something to relay. A message only says "look": none is missed if it gets lost."""

from dataclasses import dataclass

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wake:
    """Asks for a relay of one topic when called. A dead broker is logged: the sweep finds the events anyway."""

    topic: str

    def __call__(self) -> None:
        try:
            # By name: the task imports the relay, and the relay wakes the next one.
            current_app.send_task("core.outbox.tasks.relay_topic", args=[self.topic], retry=False)
        except OperationalError as error:
            logger.warning("outbox_wake_failed", topic=self.topic, error=str(error))
