"""How far WhatsApp says that messages got. Nothing ever moves back, in whatever order it is told."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import outbox
from core.jsontypes import JSON
from core.live import announce_many
from messaging.documents import STATUSES
from messaging.models import CampaignRecipient, Delivery, RecipientStatus
from messaging.services.confirming import confirm
from messaging.services.deliveries import advance, deliveries_of, keep
from messaging.services.intake import NewMessage, store_messages
from messaging.services.storing import move_statuses
from messaging.whatsapp.payloads import Report

TOPIC: Final = "messaging.status"
# In the order in which a recipient's message gets on. What only may have been sent is not there yet.
RECIPIENT_STATUSES: Final = ("chosen", "queued", "sending", "unconfirmed", "sent", "failed", "delivered", "read")


@transaction.atomic
def take_reports(reports: Sequence[Report]) -> None:
    """Move messages, and the recipients of campaigns that they are for, as far as told."""
    store_messages(apply_reports(reports, deliveries_of(report.wamid for report in reports)))


def apply_reports(reports: Sequence[Report], deliveries: Mapping[str, Delivery]) -> list[NewMessage]:
    """As `take_reports`, of deliveries that are locked. Returns what turned out to be sent, and is not stored yet."""
    moved = {report.wamid: report for report in reports if advance(deliveries[report.wamid], report)}
    told_with = {report.told_with: report.wamid for report in reports if report.told_with}
    confirmed = _settle_recipients(moved, told_with, deliveries)
    keep(deliveries[wamid] for wamid in moved)
    statuses: dict[str, JSON] = {
        str(delivery.message_id): delivery.status
        for delivery in (deliveries[wamid] for wamid in moved)
        if delivery.message_id is not None
    }
    if statuses:
        outbox.publish(TOPIC, {"statuses": statuses})
    announce_many("message.status", [_shown(deliveries[wamid]) for wamid in moved])
    return confirmed


def move_messages(told: Sequence[Mapping[str, str]]) -> None:
    """Move messages that are stored as far as told; one that is not stored yet gets there when it is stored."""
    furthest: dict[UUID, str] = {}
    for statuses in told:
        for message_id, status in statuses.items():
            known = furthest.setdefault(UUID(message_id), status)
            if STATUSES.index(status) > STATUSES.index(known):
                furthest[UUID(message_id)] = status
    move_statuses(furthest)


def _settle_recipients(
    moved: Mapping[str, Report], told_with: Mapping[UUID, str], deliveries: Mapping[str, Delivery]
) -> list[NewMessage]:
    """Recipients follow their messages. One whose message may have been sent or not turns out to have got it."""
    if not moved:
        return []
    recipients = (
        CampaignRecipient.objects.select_for_update(no_key=True, of=("self",))
        .select_related("contact", "campaign__number")
        .filter(Q(wamid__in=list(moved)) | Q(pk__in=list(told_with), wamid=""))
        .order_by("pk")
    )
    found: list[NewMessage] = []
    for recipient in recipients:
        report = moved.get(recipient.wamid or told_with.get(recipient.pk, ""))
        if report is None:
            continue
        if not recipient.wamid:
            found += confirm(recipient, delivery=deliveries[report.wamid], at=report.at)
        follow(recipient, deliveries[report.wamid])
    return found


def follow(recipient: CampaignRecipient, delivery: Delivery) -> None:
    """Bring a locked recipient as far as his message is known to be, and write him down."""
    if delivery.status in RecipientStatus.values and _is_further(delivery.status, recipient.status):
        recipient.status = RecipientStatus(delivery.status)
        recipient.error_code, recipient.error = delivery.error_code, delivery.error
    recipient.updated_at = timezone.now()
    recipient.save(update_fields=["wamid", "status", "error_code", "error", "sent_at", "updated_at"])


def _is_further(status: str, known: str) -> bool:
    return RECIPIENT_STATUSES.index(status) > RECIPIENT_STATUSES.index(known)


def _shown(delivery: Delivery) -> dict[str, JSON]:
    return {
        "id": str(delivery.message_id) if delivery.message_id else None,
        "wamid": delivery.wamid,
        "status": delivery.status,
        "error_code": delivery.error_code,
        "error": delivery.error,
    }
