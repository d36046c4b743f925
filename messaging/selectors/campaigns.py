"""Campaigns, and how far they got."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Count

from messaging.errors import CampaignNotFound
from messaging.models import Campaign, CampaignRecipient
from messaging.selectors.pages import Page, newest_first


def campaign(campaign_id: UUID) -> Campaign:
    """The one with this id. Raises CampaignNotFound."""
    found = Campaign.objects.filter(pk=campaign_id).first()
    if found is None:
        raise CampaignNotFound
    return found


def campaigns(*, limit: int, cursor: str | None = None, status: str | None = None) -> Page[Campaign]:
    """The newest first. Raises NotACursor."""
    rows = Campaign.objects.filter(status=status) if status else Campaign.objects.all()
    return newest_first(rows, "created_at", limit=limit, cursor=cursor)


def progress(campaign_ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many recipients of each are in each status that any is in."""
    rows = CampaignRecipient.objects.filter(campaign_id__in=campaign_ids).order_by()
    found: dict[UUID, dict[str, int]] = defaultdict(dict)
    for campaign_id, status, number in rows.values_list("campaign_id", "status").annotate(number=Count("*")):
        found[campaign_id][status] = number
    return found


def recipients(
    *, campaign_id: UUID, limit: int, cursor: str | None = None, status: str | None = None
) -> Page[CampaignRecipient]:
    """A campaign's, those who changed last first. Raises CampaignNotFound and NotACursor."""
    campaign(campaign_id)
    rows = CampaignRecipient.objects.filter(campaign_id=campaign_id).select_related("contact")
    if status:
        rows = rows.filter(status=status)
    return newest_first(rows, "updated_at", limit=limit, cursor=cursor)
