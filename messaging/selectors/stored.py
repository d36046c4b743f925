"""What is there already of what is about to be taken in."""

from collections.abc import Collection
from uuid import UUID

from core.outbox.models import OutboxEvent
from messaging.documents import MESSAGES
from messaging.models import Conversation


def known_ids(message_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that messages have, stored or on their way to MongoDB. Raises PyMongoError."""
    stored = {found["_id"] for found in MESSAGES.here().find({"_id": {"$in": list(message_ids)}}, {"_id": 1})}
    return stored.union(OutboxEvent.objects.filter(pk__in=set(message_ids) - stored).values_list("pk", flat=True))


def unknown_conversations(conversation_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that no conversation has."""
    if not conversation_ids:
        return set()
    known = Conversation.objects.filter(conversation_id__in=conversation_ids)
    return set(conversation_ids) - set(known.values_list("conversation_id", flat=True))
