"""What is there already of what is about to be taken in."""

from collections.abc import Collection
from uuid import UUID

from messaging.documents import MESSAGES
from messaging.models import Conversation


def stored_ids(message_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that messages have. Raises PyMongoError."""
    return {found["_id"] for found in MESSAGES.here().find({"_id": {"$in": list(message_ids)}}, {"_id": 1})}


def unknown_conversations(conversation_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that no conversation has."""
    if not conversation_ids:
        return set()
    known = Conversation.objects.filter(conversation_id__in=conversation_ids)
    return set(conversation_ids) - set(known.values_list("conversation_id", flat=True))
