"""Messaging's ends of the outbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core import mongo, outbox
from core.cursors import milliseconds_of, moment_of
from messaging.documents import Message
from messaging.services.intake import TOPIC
from messaging.services.storing import write_messages
from messaging.words import searchable


@outbox.consumer(TOPIC, batch_size=500)
def store_messages(events: Sequence[outbox.Event]) -> None:
    """Store a batch of messages. Those that are there already, from a batch whose mark was lost, count as stored."""
    try:
        with mongo.retry_while_down():
            write_messages([_message(event) for event in events])
    except mongo.DocumentDiffers as error:
        raise outbox.Reject(str(error)) from error


def _message(event: outbox.Event) -> Message:
    told = event.payload
    message: Message = {
        "_id": event.id,
        "organization_id": event.organization_id,
        "conversation_id": UUID(told["conversation_id"]),
        "sender_id": told["sender_id"],
        "receiver_id": told["receiver_id"],
        "content": told["content"],
        "type": told["type"],
        "status": told["status"],
        "media_url": told["media_url"],
        "created_at": moment_of(milliseconds_of(datetime.fromisoformat(told["created_at"]))),
        **searchable(told["content"]),
    }
    if told["wamid"]:
        message["wamid"] = told["wamid"]
    return message
