"""What a person does about events that were given up."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from core.outbox import store
from core.outbox.models import OutboxEvent
from core.outbox.publishing import wake_after_commit


@transaction.atomic
def hand_over_again(ids: Collection[UUID]) -> list[UUID]:
    """Hand the undelivered among these events over again at once, with all their attempts. Returns which they were."""
    reopened = store.reopen(ids)
    for topic in {topic for _, topic in reopened}:
        wake_after_commit(topic)
    return [event_id for event_id, _ in reopened]


def retry(ids: Collection[UUID]) -> int:
    """As `hand_over_again`. Returns how many."""
    return len(hand_over_again(ids))


@transaction.atomic
def retry_topic(topic: str) -> int:
    """Retry every parked event of one topic, of all organizations, and end its pause. Returns how many."""
    store.resume(topic)
    return retry(OutboxEvent.unscoped.filter(topic=topic, parked_at__isnull=False).values_list("pk", flat=True))
