"""How the service is, as administrators ask it: the database and the mail server."""

from dataclasses import dataclass
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError

from trackimmo.selectors.statistics import client_count
from trackimmo.services.mail_check import smtp_status

logger = structlog.get_logger(__name__)

MAIL_SECONDS: Final = 3
OK: Final = "ok"
DEGRADED: Final = "degraded"
ERROR: Final = "error"


@dataclass(frozen=True, slots=True)
class Component:
    """How one of them is: `ok` or `error`, and a sentence about it."""

    status: str
    message: str


@dataclass(frozen=True, slots=True)
class Health:
    """How all is together: `degraded` while only mails cannot be sent, which wait; `error` without the database."""

    database: Component
    email: Component

    @property
    def status(self) -> str:
        """The worst of it."""
        if self.database.status == ERROR:
            return ERROR
        return OK if self.email.status == OK else DEGRADED

    @property
    def is_down(self) -> bool:
        """Whether nothing can be done at all."""
        return self.status == ERROR


def check_health() -> Health:
    """Ask both. The mail server has 3 s."""
    database = _database()
    smtp = smtp_status(timeout_seconds=MAIL_SECONDS)
    return Health(database=database, email=Component(OK if smtp.is_ok else ERROR, smtp.message))


def _database() -> Component:
    try:
        return Component(OK, f"Connected, {client_count()} total clients")
    except (OperationalError, InterfaceError) as error:
        # Its words may name hosts and users; the kind of error names none.
        logger.warning("health_database_down", error=str(error))
        return Component(ERROR, f"Not connected: {type(error).__name__}")
