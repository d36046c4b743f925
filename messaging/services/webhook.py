"""What WhatsApp tells by its webhook, each thing once: one transaction in PostgreSQL, whatever MongoDB does."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction

from core import tenancy
from messaging.errors import BadSignature, WebhookOff
from messaging.models import Conversation, UnroutedWebhook, WhatsAppNumber
from messaging.services.account_events import take_account_events
from messaging.services.contacts import contacts_of
from messaging.services.conversations import conversation_with
from messaging.services.deliveries import deliveries_of, is_further, keep
from messaging.services.intake import NewMessage, message_id_of, store_messages
from messaging.services.routing import hold_registration, names_of, routes_of
from messaging.services.statuses import apply_reports
from messaging.whatsapp.payloads import Change, Inbound, parse_again, parse_webhook
from messaging.whatsapp.signing import is_same, is_signed

logger = structlog.get_logger(__name__)

# What a customer sent has arrived.
ARRIVED: Final = "delivered"


def is_verify_token(told: str) -> bool:
    """Whether Meta, or somebody who was told the token, asks. Raises WebhookOff."""
    _require_on()
    return is_same(told, settings.WHATSAPP_VERIFY_TOKEN)


def take_webhook(body: bytes, *, signature: str) -> None:
    """Take in everything that a webhook tells, or nothing.

    Raises WebhookOff, BadSignature, and what `parse_webhook` raises of a body that is none.
    """
    _require_on()
    if not is_signed(body, signature=signature, secret=settings.WHATSAPP_APP_SECRET):
        raise BadSignature
    take_changes(parse_webhook(body))


@transaction.atomic
def take_changes(changes: Sequence[Change]) -> None:
    """Hand each change to whom it belongs to; what nobody has registered for is kept until somebody does."""
    routes = routes_of(changes)
    if nobodys := [change for change in changes if not routes.owners(change)]:
        hold_registration(names_of(nobodys))
        routes = routes_of(changes)
    by_owner: dict[UUID, list[Change]] = {}
    for change in changes:
        for organization_id in routes.owners(change):
            by_owner.setdefault(organization_id, []).append(change)
    _keep_unrouted([change for change in changes if not routes.owners(change)])
    for organization_id in sorted(by_owner):
        with tenancy.scope(organization_id):
            _take(by_owner[organization_id], routes.numbers)


def take_kept(*, number: WhatsAppNumber) -> int:
    """Take in what was told before the number was registered. Returns how many changes that were.

    Call it in the transaction that registers it, once others are held off.
    """
    kept = UnroutedWebhook.objects.select_for_update().filter(phone_number_id=number.phone_number_id)
    if number.business_account_id:
        kept |= UnroutedWebhook.objects.select_for_update().filter(
            phone_number_id="", business_account_id=number.business_account_id
        )
    rows = list(kept.order_by("id"))
    take_changes([parse_again(row.business_account_id, row.change) for row in rows])
    UnroutedWebhook.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _require_on() -> None:
    if not (settings.WHATSAPP_APP_SECRET and settings.WHATSAPP_VERIFY_TOKEN):
        raise WebhookOff


def _keep_unrouted(changes: Sequence[Change]) -> None:
    UnroutedWebhook.objects.bulk_create(
        [
            UnroutedWebhook(
                phone_number_id=change.phone_number_id,
                business_account_id=change.account_id,
                change=change.told,
                digest=change.digest,
            )
            for change in sorted(changes, key=lambda change: change.digest)
        ],
        ignore_conflicts=True,
    )
    for change in changes:
        logger.warning(
            "webhook_unrouted",
            phone_number_id=change.phone_number_id,
            business_account_id=change.account_id,
            field=change.field,
        )


def _take(changes: Sequence[Change], numbers: Mapping[str, WhatsAppNumber]) -> None:
    """Take in one organization's changes."""
    told: dict[str, tuple[Inbound, WhatsAppNumber]] = {}
    for change in changes:
        for message in change.messages:
            told.setdefault(message.wamid, (message, numbers[change.phone_number_id]))
    reports = [report for change in changes for report in change.reports]
    deliveries = deliveries_of([*told, *(report.wamid for report in reports)])
    new = [one for wamid, one in told.items() if deliveries[wamid].message_id is None]
    for message, _ in new:
        delivery = deliveries[message.wamid]
        delivery.message_id = message_id_of(message.wamid)
        if is_further(ARRIVED, than=delivery.status):
            delivery.status, delivery.status_at = ARRIVED, message.at
    keep(deliveries[message.wamid] for message, _ in new)
    confirmed = apply_reports(reports, deliveries)
    store_messages([*confirmed, *_in_conversations(new)])
    take_account_events([change for change in changes if change.is_of_account])


def _in_conversations(new: Sequence[tuple[Inbound, WhatsAppNumber]]) -> list[NewMessage]:
    """Messages that nobody has seen yet, each in the conversation of its sender with the number."""
    contacts = contacts_of({message.wa_id: message.name for message, _ in new}) if new else {}
    conversations: dict[tuple[UUID, UUID], Conversation] = {}
    stored = []
    for message, number in sorted(new, key=lambda one: (one[0].wa_id, str(one[1].pk), one[0].at)):
        contact = contacts[message.wa_id]
        parties = contact.pk, number.pk
        if parties not in conversations:
            conversations[parties] = conversation_with(contact=contact, number=number, at=message.at)
        stored.append(
            NewMessage(
                id=message_id_of(message.wamid),
                conversation_id=conversations[parties].conversation_id,
                sender_id=str(contact.pk),
                receiver_id=str(number.pk),
                content=message.content,
                created_at=message.at,
                type=message.type,
                status="delivered",
                media_url=message.media_url,
                wamid=message.wamid,
            )
        )
    return stored
