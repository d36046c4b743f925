"""The mail app's end of the outbox."""

import structlog

from core import outbox
from core.mail.connection import shared_connection
from core.mail.queueing import TOPIC
from core.mail.sending import message_id_of, send

logger = structlog.get_logger(__name__)


@outbox.consumer(TOPIC, around=shared_connection)
def send_mail(event: outbox.Event) -> None:
    """Send one queued mail."""
    send(event)
    logger.info("mail_sent", kind=event.payload["kind"], message_id=message_id_of(event))
