"""Forgetting whom we wrote to."""

from django.db.models import Q

from core.mail.queueing import TOPIC
from core.outbox.models import OutboxEvent


def forget_mails(*, to: str, about: str) -> int:
    """Delete the mails of the organization in scope to an address, in whatever case, and those whose text says `about`.

    Sent, waiting and parked ones; one that is on its way at this moment still arrives. Returns how many were deleted.
    """
    mails = OutboxEvent.objects.filter(topic=TOPIC)
    deleted, _ = mails.filter(Q(payload__to__iexact=to) | Q(payload__text__icontains=about)).delete()
    return deleted
