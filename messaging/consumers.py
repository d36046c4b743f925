"""Messaging's ends of the outbox."""

from collections.abc import Sequence

from core import mongo, outbox
from messaging.services.intake import TOPIC, message_from
from messaging.services.sending import LOCAL_STATUS, send, take_local_status
from messaging.services.sending import TOPIC as SEND
from messaging.services.statuses import TOPIC as STATUS
from messaging.services.statuses import move_messages
from messaging.services.storing import write_messages


@outbox.consumer(TOPIC, batch_size=500)
def store_messages(events: Sequence[outbox.Event]) -> None:
    """Store a batch of messages. Those that are there already, from a batch whose mark was lost, count as stored."""
    try:
        with mongo.retry_while_down():
            write_messages([message_from(event.id, event.payload) for event in events])
    except mongo.DocumentDiffers as error:
        raise outbox.Reject(str(error)) from error


@outbox.consumer(SEND)
def send_message(event: outbox.Event) -> None:
    """Send one recipient of a campaign his message. The event's id is the recipient's."""
    send(recipient_id=event.id)


@outbox.consumer(STATUS, batch_size=500)
def move_statuses_forward(events: Sequence[outbox.Event]) -> None:
    """Move messages in MongoDB as far as WhatsApp says that they got."""
    with mongo.retry_while_down():
        move_messages([event.payload["statuses"] for event in events])


@outbox.consumer(LOCAL_STATUS)
def take_local_report(event: outbox.Event) -> None:
    """A message of the local provider's got on."""
    take_local_status(wamid=event.payload["wamid"], status=event.payload["status"])
