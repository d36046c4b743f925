"""Campaigns that nobody else changes meanwhile."""

from typing import Final
from uuid import UUID

from messaging.errors import CampaignNotDraft, CampaignNotFound
from messaging.models import Campaign, CampaignStatus

CAMPAIGN: Final = "campaign"


def locked_campaign(campaign_id: UUID) -> Campaign:
    """Lock it until the transaction ends. Raises CampaignNotFound."""
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("number")
    found = rows.filter(pk=campaign_id).first()
    if found is None:
        raise CampaignNotFound
    return found


def locked_draft(campaign_id: UUID) -> Campaign:
    """As `locked_campaign`. Raises CampaignNotDraft, too."""
    campaign = locked_campaign(campaign_id)
    if campaign.status != CampaignStatus.DRAFT:
        raise CampaignNotDraft
    return campaign
