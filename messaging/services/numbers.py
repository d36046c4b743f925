"""Our numbers: registering them, and holding back what they send while Meta wants nothing from them."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit import services as audit
from core.outbox import parking
from messaging.errors import NumberNotFound, NumberTaken
from messaging.models import CampaignRecipient, RecipientStatus, WhatsAppNumber
from messaging.services.routing import hold_registration
from messaging.services.webhook import take_kept

logger = structlog.get_logger(__name__)
NUMBER: Final = "whatsapp_number"
SAID: Final = ("phone_number_id", "business_account_id", "display_number", "access_token", "is_active")


@transaction.atomic
def register_number(number: WhatsAppNumber) -> int:
    """Register a number, new or changed, and take in what WhatsApp told of it before. Returns how many changes.

    Raises NumberTaken.
    """
    hold_registration(name for name in (number.phone_number_id, number.business_account_id) if name)
    before = WhatsAppNumber.objects.filter(pk=number.pk).first()
    try:
        with transaction.atomic():
            number.save()
    except IntegrityError as error:
        raise NumberTaken from error
    audit.record(
        action="update" if before else "create",
        resource_type=NUMBER,
        resource_id=number.pk,
        changes={
            name: (getattr(before, name, None), getattr(number, name))
            for name in SAID
            if getattr(before, name, None) != getattr(number, name)
        },
    )
    return take_kept(number=number)


@transaction.atomic
def pause_number(*, number_id: UUID, reason: str) -> None:
    """Stop sending from a number, visibly, until somebody resumes it: what is queued waits."""
    number = WhatsAppNumber.objects.select_for_update().get(pk=number_id)
    if number.paused_at is not None:
        return
    number.paused_at, number.pause_reason = timezone.now(), reason
    number.save(update_fields=["paused_at", "pause_reason"])
    audit.record(action="pause", resource_type=NUMBER, resource_id=number_id, changes={"pause_reason": ("", reason)})
    logger.error("whatsapp_number_paused", number=str(number_id), reason=reason)


@transaction.atomic
def resume_number(*, number_id: UUID) -> int:
    """Go on sending from a number, at once. Returns how many messages waited. Raises NumberNotFound."""
    number = WhatsAppNumber.objects.select_for_update().filter(pk=number_id).first()
    if number is None:
        raise NumberNotFound
    before = number.pause_reason
    number.paused_at, number.pause_reason, number.waits_until = None, "", None
    number.save(update_fields=["paused_at", "pause_reason", "waits_until"])
    audit.record(action="resume", resource_type=NUMBER, resource_id=number_id, changes={"pause_reason": (before, "")})
    waiting = CampaignRecipient.objects.filter(campaign__number=number, status=RecipientStatus.QUEUED)
    return parking.retry(list(waiting.values_list("pk", flat=True)))


def hold_number(*, number_id: UUID, until: datetime) -> None:
    """Send nothing from a number before this moment, as Meta wants it."""
    WhatsAppNumber.objects.filter(pk=number_id).update(waits_until=until)
