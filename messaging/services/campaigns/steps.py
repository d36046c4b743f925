"""A campaign's way: draft, published, executed. No step is taken twice, and none back."""

from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from analytics import services as analytics
from audit import services as audit
from core import outbox
from core.jsontypes import JSON
from core.live import announce
from messaging.errors import CampaignNotPublished, NoRecipients, NumberInactive
from messaging.models import Campaign, CampaignRecipient, CampaignStatus, RecipientStatus
from messaging.services.campaigns.locking import CAMPAIGN, locked_campaign, locked_draft
from messaging.services.sending import TOPIC

METRIC = "campaigns_executed"


@transaction.atomic
def publish_campaign(*, campaign_id: UUID) -> Campaign:
    """Make a draft ready. Raises CampaignNotFound, CampaignNotDraft and NoRecipients."""
    campaign = locked_draft(campaign_id)
    if not campaign.recipients.exists():
        raise NoRecipients
    campaign.published_at = timezone.now()
    return _stepped(campaign, "update", CampaignStatus.PUBLISHED, "published_at")


@transaction.atomic
def execute_campaign(*, campaign_id: UUID) -> Campaign:
    """Have a published campaign sent, to each of its recipients once.

    Raises CampaignNotFound, CampaignNotPublished, and NumberInactive if its number sends nothing.
    """
    campaign = locked_campaign(campaign_id)
    if campaign.status != CampaignStatus.PUBLISHED:
        raise CampaignNotPublished
    if not campaign.number.is_active:
        raise NumberInactive
    campaign.executed_at = timezone.now()
    chosen = CampaignRecipient.objects.filter(campaign=campaign, status=RecipientStatus.CHOSEN)
    recipients = list(chosen.order_by("pk").values_list("pk", flat=True))
    chosen.update(status=RecipientStatus.QUEUED, updated_at=campaign.executed_at)
    about: dict[str, JSON] = {"campaign_id": str(campaign.pk)}
    outbox.publish_many(TOPIC, [about] * len(recipients), event_ids=recipients)
    analytics.record(METRIC, at=campaign.executed_at, event_id=uuid5(campaign.pk, METRIC))
    announce("campaign.executed", {**about, "name": campaign.name, "recipients": len(recipients)})
    return _stepped(campaign, "execute", CampaignStatus.EXECUTED, "executed_at")


def _stepped(campaign: Campaign, action: str, status: CampaignStatus, moment: str) -> Campaign:
    before, campaign.status = campaign.status, status
    campaign.save(update_fields=["status", moment])
    audit.record(
        action=action, resource_type=CAMPAIGN, resource_id=campaign.pk, changes={"status": (before, status.value)}
    )
    return campaign
