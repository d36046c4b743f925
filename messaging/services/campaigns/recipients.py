"""Choosing who gets a campaign."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection, transaction

from audit import services as audit
from core.scope import current_organization_id
from messaging.errors import ContactNotFound
from messaging.models import CampaignRecipient, Contact
from messaging.services.campaigns.locking import CAMPAIGN, locked_draft

CHOOSE: Final = """
INSERT INTO messaging_campaignrecipient
    (id, organization_id, campaign_id, contact_id, status, wamid, attempts, error, updated_at)
SELECT gen_random_uuid(), organization_id, %(campaign)s, id, 'chosen', '', 0, '', statement_timestamp()
FROM messaging_contact AS contact
WHERE organization_id = %(organization)s AND opted_out_at IS NULL AND wa_id IS NOT NULL AND wa_id <> ''
    AND (%(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s::uuid[]))
    AND (%(active_since)s::timestamptz IS NULL OR EXISTS (
        SELECT FROM messaging_conversation AS conversation
        WHERE conversation.contact_id = contact.id AND conversation.last_message_at >= %(active_since)s::timestamptz
    ))
ON CONFLICT (campaign_id, contact_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many were added, how many of those that were named cannot be written to, and how many there are now."""

    added: int
    excluded: int
    total: int


@transaction.atomic
def choose_recipients(
    *,
    campaign_id: UUID,
    contact_ids: Collection[UUID] | None = None,
    active_since: datetime | None = None,
    replace: bool = False,
) -> Chosen:
    """Add contacts to a draft: those named, or all with whom messages were exchanged since then, or all there are.

    Who opted out, or has no WhatsApp number, is left out. With `replace`, they take the place of those chosen before.
    Raises CampaignNotFound, CampaignNotDraft, and ContactNotFound if one who is named is not there.
    """
    campaign = locked_draft(campaign_id)
    excluded = 0
    if contact_ids is not None:
        excluded = _require_all(set(contact_ids))
    before = campaign.recipients.count()
    if replace:
        CampaignRecipient.objects.filter(campaign=campaign).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            CHOOSE,
            {
                "campaign": campaign.pk,
                "organization": current_organization_id(),
                "ids": None if contact_ids is None else list(contact_ids),
                "active_since": active_since,
            },
        )
        added = cursor.rowcount
    total = added if replace else before + added
    if added or total != before:
        audit.record(
            action="update", resource_type=CAMPAIGN, resource_id=campaign.pk, changes={"recipients": (before, total)}
        )
    return Chosen(added=added, excluded=excluded, total=total)


def _require_all(contact_ids: Collection[UUID]) -> int:
    """Returns how many of them cannot be written to. Raises ContactNotFound."""
    rows = Contact.objects.filter(pk__in=contact_ids).values_list("opted_out_at", "wa_id")
    if len(rows) < len(contact_ids):
        raise ContactNotFound
    return sum(1 for opted_out_at, wa_id in rows if opted_out_at is not None or not wa_id)
