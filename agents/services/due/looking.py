"""Every organization in which something is due, a step after the other, each in small transactions."""

from collections.abc import Callable
from datetime import datetime
from random import shuffle
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.utils import timezone

from agents.selectors.due import organizations_with_due
from agents.services.due.overdue import mark_overdue
from agents.services.due.reminding import remind
from agents.services.due.starting import start_due
from core import tenancy
from core.errors import SwitchboardError

logger = structlog.get_logger(__name__)


def look() -> None:
    """See to what is due, at most 500 callbacks of an organization in each step. What is left is the next look's.

    Two looks at once share the work. A step that fails is logged and keeps no other from being done; whatever it was
    about is still due.
    """
    organization_ids = list(organizations_with_due(now=timezone.now()))
    shuffle(organization_ids)  # so that the last ones are not the same ones each time, should time run out
    for organization_id in organization_ids:
        some_may_begin = _do(start_due, organization_id)
        _do(remind, organization_id)
        # What begins is not overdue, and neither is what begins with the next look.
        if not some_may_begin:
            _do(mark_overdue, organization_id)


def _do(step: Callable[[datetime], int], organization_id: UUID) -> int:
    """What the step returns, or 0 if it fails."""
    try:
        with tenancy.scope(organization_id):
            return step(timezone.now())
    except (DatabaseError, SwitchboardError):
        logger.exception("agents_look_failed", step=step.__name__, organization_id=str(organization_id))
        return 0
