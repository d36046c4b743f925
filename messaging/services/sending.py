"""Sending a campaign's messages, each once: what nobody can tell of is never sent again."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core import outbox
from core.jsontypes import JSON
from core.live import announce
from messaging.models import CampaignRecipient, RecipientStatus
from messaging.services.confirming import confirm
from messaging.services.deliveries import deliveries_of
from messaging.services.intake import store_messages
from messaging.services.numbers import hold_number, pause_number
from messaging.services.statuses import follow, take_reports
from messaging.whatsapp.cloud import CloudApi
from messaging.whatsapp.local import LocalProvider
from messaging.whatsapp.payloads import STATUSES, Report
from messaging.whatsapp.providing import (
    Accepted,
    MaybeSent,
    NeverThis,
    NotAllowed,
    NotFromHere,
    NotNow,
    NotSent,
    Outgoing,
    Provider,
    ProviderDown,
)

logger = structlog.get_logger(__name__)

TOPIC: Final = "messaging.send"
LOCAL_STATUS: Final = "messaging.local_status"
# A number that Meta refuses is looked at again so often; resuming it asks at once.
LONGEST_WAIT_SECONDS: Final = 300
OPTED_OUT: Final = "The contact has opted out."
NO_NUMBER: Final = "The contact has no WhatsApp number."
DIED: Final = "The process that was sending it died: it may have been sent."


def provider() -> Provider:
    """Who sends, by WHATSAPP_PROVIDER."""
    return LocalProvider() if settings.WHATSAPP_PROVIDER == "local" else CloudApi()


def send(*, recipient_id: UUID) -> None:
    """Send one recipient his message, unless that was tried before. May be called any number of times.

    Raises Retry while it cannot be sent.
    """
    message = _begin(recipient_id)
    if message is None:
        return
    try:
        accepted = provider().send(message)
    except MaybeSent as error:
        _end(recipient_id, RecipientStatus.UNCONFIRMED, error=str(error))
    except NeverThis as error:
        _end(recipient_id, RecipientStatus.FAILED, code=error.code, error=error.problem)
    except NotSent as error:
        _put_back(recipient_id, error)
    else:
        _sent(recipient_id, accepted)


@transaction.atomic
def _begin(recipient_id: UUID) -> Outgoing | None:
    """Mark it as being sent, before anybody is asked: whoever comes after a crash must know. Raises Retry."""
    recipient = _locked(recipient_id)
    if recipient is None:
        return None
    if recipient.status == RecipientStatus.SENDING:
        _write(recipient, RecipientStatus.UNCONFIRMED, error=DIED)
        return None
    if recipient.status != RecipientStatus.QUEUED:
        return None
    contact, campaign = recipient.contact, recipient.campaign
    if contact.opted_out_at is not None or not contact.wa_id:
        _write(recipient, RecipientStatus.FAILED, error=OPTED_OUT if contact.opted_out_at else NO_NUMBER)
        return None
    number = campaign.number
    if number.paused_at is not None or not number.is_active:
        reason = number.pause_reason or "The number is not active."
        raise outbox.Retry(reason, event_only=True, longest_wait_seconds=LONGEST_WAIT_SECONDS)
    if number.waits_until is not None and number.waits_until > timezone.now():
        raise outbox.Retry("WhatsApp wants us to wait.", event_only=True)
    recipient.attempts += 1
    _write(recipient, RecipientStatus.SENDING)
    return Outgoing(
        phone_number_id=number.phone_number_id,
        access_token=number.access_token,
        to=contact.wa_id,
        body=campaign.body,
        template_name=campaign.template_name,
        template_language=campaign.template_language,
        template_parameters=campaign.template_parameters,
        told_with=recipient.pk,
    )


@transaction.atomic
def _sent(recipient_id: UUID, accepted: Accepted) -> None:
    """From now on it is a message of the conversation. Its status may have come before us."""
    delivery = deliveries_of([accepted.wamid])[accepted.wamid]
    recipient = _locked(recipient_id)
    if recipient is None:
        return
    if not recipient.wamid:
        store_messages(confirm(recipient, delivery=delivery, at=timezone.now()))
        follow(recipient, delivery)
        announce("message.status", _shown(recipient))
    for status in accepted.reports:
        outbox.publish(LOCAL_STATUS, {"wamid": accepted.wamid, "status": status})


@transaction.atomic
def _end(recipient_id: UUID, status: RecipientStatus, *, error: str, code: int | None = None) -> None:
    """It failed, or nobody knows; a status that was told meanwhile knows better."""
    recipient = _locked(recipient_id)
    if recipient is not None and recipient.status in {RecipientStatus.SENDING, RecipientStatus.UNCONFIRMED}:
        _write(recipient, status, error=error, code=code)


def _put_back(recipient_id: UUID, error: NotSent) -> None:
    """It was not sent, and may be later. Raises Retry, unless it was tried often enough."""
    with transaction.atomic():
        recipient = _locked(recipient_id)
        if recipient is None or recipient.status != RecipientStatus.SENDING:
            return
        if isinstance(error, NotNow) and 0 < error.most_attempts <= recipient.attempts:
            _write(recipient, RecipientStatus.FAILED, error=error.problem, code=error.code)
            return
        _write(recipient, RecipientStatus.QUEUED, error=error.problem, code=error.code)
        number_id = recipient.campaign.number_id
        if isinstance(error, NotAllowed):
            pause_number(number_id=number_id, reason=error.problem)
        if isinstance(error, NotFromHere):
            hold_number(number_id=number_id, until=timezone.now() + timedelta(seconds=error.wait_seconds))
    raise outbox.Retry(error.problem, event_only=not isinstance(error, ProviderDown))


def _locked(recipient_id: UUID) -> CampaignRecipient | None:
    return (
        CampaignRecipient.objects.select_for_update(no_key=True, of=("self",))
        .select_related("contact", "campaign__number")
        .filter(pk=recipient_id)
        .first()
    )


def _write(recipient: CampaignRecipient, status: RecipientStatus, *, error: str = "", code: int | None = None) -> None:
    recipient.status, recipient.error, recipient.error_code = status, error.replace("\x00", ""), code
    recipient.updated_at = timezone.now()
    recipient.save(update_fields=["status", "error", "error_code", "attempts", "updated_at"])
    if status in {RecipientStatus.FAILED, RecipientStatus.UNCONFIRMED}:
        announce("message.status", _shown(recipient))


def _shown(recipient: CampaignRecipient) -> dict[str, JSON]:
    return {
        "campaign_id": str(recipient.campaign_id),
        "recipient_id": str(recipient.pk),
        "wamid": recipient.wamid or None,
        "status": recipient.status,
        "error_code": recipient.error_code,
        "error": recipient.error,
    }


def take_local_status(*, wamid: str, status: str) -> None:
    """A status that the local provider tells as WhatsApp does by its webhook."""
    take_reports([Report(wamid=wamid, status=STATUSES[status], at=timezone.now())])
