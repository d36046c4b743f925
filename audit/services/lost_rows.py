"""Whether an organization's row in `audit_chain` was deleted, or counts nothing any more."""

from typing import Any, Final
from uuid import UUID

from audit.documents import AUDIT_LOGS
from audit.models import Chain, Checkpoint
from audit.services.writing import TOPIC
from core.outbox.models import OutboxEvent

MOST: Final = 5000


def is_lost(chain: Chain) -> bool:
    """The row counts no entry, although one was counted. Raises PyMongoError.

    A relay that died before it committed the first row leaves no checkpoint in the table, and its events undelivered.
    """
    return chain.size == 0 and (Checkpoint.objects.exists() or _was_counted())


def _was_counted() -> bool:
    here = AUDIT_LOGS.here().reading_anything()
    stored: list[Any] = [one["_id"] for one in here.find({}, {"_id": 1}).limit(MOST)]
    ids = [one for one in stored if isinstance(one, UUID)]
    return OutboxEvent.objects.filter(topic=TOPIC, pk__in=ids, delivered_at=None).count() < len(stored)
