"""Asking the workers to look at something, with one message at a time. A lost message costs time and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis import RedisError

from core.redis import client
from core.telling import tell

logger = structlog.get_logger(__name__)

PREFIX: Final = "asked"


@dataclass(frozen=True, slots=True)
class Request:
    """That `task` be run with `arguments`. While a message about it waits for a worker, no other is sent.

    Ten thousand jobs of a day would otherwise leave ten thousand messages, of which the first finds everything. Who
    does the task calls `answer` before he looks. After `seconds` a message is taken for lost, and may be sent again.
    """

    # By name: tasks import the services that ask for them.
    task: str
    arguments: tuple[str, ...]
    seconds: int

    def send(self) -> None:
        """Send the message unless one waits. A dead broker is logged: whoever asks has beat ask again."""
        tell(self)

    def commands(self) -> Sequence[tuple[Any, ...]]:
        """Marks that a message waits, which Redis only does if none did."""
        return [("SET", self._key, 1, "NX", "EX", self.seconds)]

    def told(self, answers: Sequence[Any]) -> None:
        """Send it if it is the first."""
        [answer] = answers
        if answer is not None:
            self._send(is_first=answer is True)

    def lost(self, error: RedisError) -> None:
        """Send it: one message too many does no harm."""
        self._send(is_first=False)

    def _send(self, *, is_first: bool) -> None:
        try:
            current_app.send_task(self.task, args=list(self.arguments), retry=False)
        except OperationalError as error:
            logger.warning("asking_failed", task=self.task, arguments=self.arguments, error=str(error))
            if is_first:
                self.answer()

    def answer(self) -> None:
        """No message waits any more: what comes from now on needs one of its own."""
        try:
            client().delete(self._key)
        except RedisError as error:
            logger.warning("asking_not_answered", task=self.task, arguments=self.arguments, error=str(error))

    @property
    def _key(self) -> str:
        return ":".join((PREFIX, self.task, *self.arguments))
