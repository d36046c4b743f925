"""Signs of life of worker and beat, in Redis, for `/readyz`.

Each comes out of the loop that it vouches for: a worker that cannot reach its broker, or a scheduler that is stuck,
falls silent. One key per kind of process: any worker will do, and nobody has to search for keys.
"""

import socket
import time
from typing import Any, Final

import structlog
from celery.beat import Scheduler
from celery.bootsteps import StartStopStep
from redis import RedisError

from core.redis import client

logger = structlog.get_logger(__name__)

INTERVAL_SECONDS: Final = 5
LIFETIME_SECONDS: Final = 15
WORKER: Final = "heartbeat:worker"
BEAT: Final = "heartbeat:beat"


def pulse(key: str) -> None:
    """Say that this process is alive. That Redis is down is not its fault."""
    try:
        client().set(key, socket.gethostname(), ex=LIFETIME_SECONDS)
    except RedisError as error:
        logger.warning("heartbeat_not_written", key=key, error=str(error))


class WorkerHeartbeat(StartStopStep):
    """Pulses from the worker's event loop."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:  # noqa: ANN401 -- Celery's own signature
        super().__init__(parent, **options)
        self._entry: Any = None

    def start(self, parent: Any) -> None:  # noqa: ANN401 -- Celery's own signature
        pulse(WORKER)
        self._entry = parent.timer.call_repeatedly(INTERVAL_SECONDS, pulse, (WORKER,))

    def stop(self, parent: Any) -> None:  # noqa: ANN401 -- Celery's own signature
        if self._entry is not None:
            self._entry.cancel()
            self._entry = None


class BeatScheduler(Scheduler):
    """Celery's scheduler, pulsing at each turn of its loop. It keeps nothing: what is due is in rows, not in a file."""

    _next_pulse = 0.0
    _is_closed = False

    def tick(self, *args: Any, **options: Any) -> float:  # noqa: ANN401 -- Celery's own signature
        # The signal's handler closes us and raises SystemExit. In the middle of a publication that comes out as an
        # error of the connection's, which Celery logs, and goes on.
        if self._is_closed:
            raise SystemExit
        interval: float = super().tick(*args, **options)
        if time.monotonic() >= self._next_pulse:
            pulse(BEAT)
            self._next_pulse = time.monotonic() + INTERVAL_SECONDS
        return min(interval, INTERVAL_SECONDS)

    def close(self) -> None:
        self._is_closed = True
        super().close()
