"""Forgetting whom we wrote to."""

from core.mail.queueing import TOPIC
from core.outbox.models import OutboxEvent


def forget_mails(*, to: str) -> int:
    """Delete the mails of the organization in scope to this address, in whatever case: sent, waiting and parked ones.

    One that is on its way at this moment still arrives. Returns how many were deleted.
    """
    deleted, _ = OutboxEvent.objects.filter(topic=TOPIC, payload__to__iexact=to).delete()
    return deleted
