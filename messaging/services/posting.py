"""Messages that programs hand in one by one."""

from dataclasses import replace
from datetime import datetime
from typing import Final, NotRequired, TypedDict, Unpack
from uuid import UUID, uuid4

import structlog
from django.db import connection, transaction
from django.utils import timezone
from pymongo.errors import PyMongoError

from core.cursors import milliseconds_of, moment_of
from core.mongo import is_down
from core.outbox.models import OutboxEvent
from messaging.documents import MESSAGES, MessageType, Status
from messaging.errors import MessageDiffers
from messaging.services.conversations import open_conversation
from messaging.services.intake import TOPIC, NewMessage, message_from, message_id_of, store_messages

logger = structlog.get_logger(__name__)
ONE_BY_ONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class Said(TypedDict):
    """What a program says of a message."""

    conversation_id: UUID
    sender_id: str
    receiver_id: str
    content: str
    type: NotRequired[MessageType]
    status: NotRequired[Status]
    media_url: NotRequired[str | None]


def post_message(
    *, client_id: str | None = None, created_at: datetime | None = None, **said: Unpack[Said]
) -> NewMessage:
    """Take a message in, of now unless told. Its conversation is opened if it is not known, and stays closed if it is.

    With a `client_id`, the message that was handed in with it before is returned, as it is now. Raises MessageDiffers
    if that says something else; its status, and a time that is not told, are not compared.
    """
    message = NewMessage(
        id=uuid4() if client_id is None else message_id_of(client_id),
        created_at=moment_of(milliseconds_of(created_at or timezone.now())),
        **said,
    )
    if client_id is None:
        return _accepted(message)
    # Not in the transaction, which nobody should hold while MongoDB is asked.
    first = _stored(message.id) or _accepted_once(message)
    compared = {"status": first.status} if created_at else {"status": first.status, "created_at": first.created_at}
    if replace(message, **compared) != first:
        raise MessageDiffers
    return first


@transaction.atomic(savepoint=False)
def _accepted(message: NewMessage) -> NewMessage:
    open_conversation(message.conversation_id, at=message.created_at)
    store_messages([message])
    return message


@transaction.atomic
def _accepted_once(message: NewMessage) -> NewMessage:
    """The message, or the one with its id that is on its way to MongoDB."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_BY_ONE, [f"messaging.message {message.id}"])
    payload = OutboxEvent.objects.filter(pk=message.id, topic=TOPIC).values_list("payload", flat=True).first()
    return _accepted(message) if payload is None else message_from(message.id, payload)


def _stored(message_id: UUID) -> NewMessage | None:
    """As it is stored. None if it is not, or if MongoDB is down: what was handed in of late is on its way, too."""
    try:
        found = MESSAGES.here().find_one({"_id": message_id})
    except PyMongoError as error:
        if not is_down(error):
            raise
        # A repetition from before the outbox's memory would be parked there, and change nothing that is stored.
        logger.warning("repetition_not_looked_up", message_id=str(message_id), error=str(error))
        return None
    if found is None:
        return None
    return NewMessage(
        id=found["_id"],
        conversation_id=found["conversation_id"],
        sender_id=found["sender_id"],
        receiver_id=found["receiver_id"],
        content=found["content"],
        type=found["type"],
        status=found["status"],
        media_url=found["media_url"],
        created_at=found["created_at"],
        wamid=found.get("wamid"),
    )
