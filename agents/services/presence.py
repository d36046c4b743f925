"""How many AI agents are online, as a metric."""

from datetime import datetime
from typing import Final
from uuid import uuid5

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from agents.selectors.presence import organizations_with_agents, ready_agents
from analytics import services as analytics
from core import tenancy
from core.scope import current_organization_id

METRIC: Final = "agents_online"

logger = structlog.get_logger(__name__)


def sample_presence() -> None:
    """Record for each organization that has AI agents how many of them are ready for calls now.

    That is once in five minutes, however often it is asked for: the first sample of a slot counts.
    """
    slot = _slot(timezone.now())
    for organization_id in organizations_with_agents():
        try:
            with tenancy.scope(organization_id):
                _sample(slot)
        except DatabaseError:
            logger.exception("presence_not_sampled", organization_id=str(organization_id))


@transaction.atomic
def _sample(slot: datetime) -> None:
    event_id = uuid5(current_organization_id(), f"{METRIC} {slot.isoformat()}")
    analytics.record(METRIC, value=ready_agents(), at=slot, event_id=event_id)


def _slot(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 5 * 5, second=0, microsecond=0)
