"""Campaigns as callers see them."""

from collections.abc import Mapping

from core.jsontypes import JSON
from messaging.models import Campaign, CampaignRecipient, RecipientStatus
from messaging.services.facts import moment


def campaign_shown(campaign: Campaign, progress: Mapping[str, int]) -> dict[str, JSON]:
    """A campaign, and how many of its recipients are how far."""
    return {
        "id": str(campaign.pk),
        "name": campaign.name,
        "body": campaign.body,
        "template_name": campaign.template_name,
        "template_language": campaign.template_language,
        "template_parameters": campaign.template_parameters,
        "number_id": str(campaign.number_id),
        "status": campaign.status,
        "created_by": str(campaign.created_by_id) if campaign.created_by_id else None,
        "created_at": moment(campaign.created_at),
        "published_at": campaign.published_at and moment(campaign.published_at),
        "executed_at": campaign.executed_at and moment(campaign.executed_at),
        "recipients": {
            "total": sum(progress.values()),
            **{status: progress.get(status, 0) for status in RecipientStatus.values},
        },
    }


def recipient_shown(recipient: CampaignRecipient) -> dict[str, JSON]:
    """A recipient. His contact must be there already."""
    return {
        "id": str(recipient.pk),
        "contact_id": str(recipient.contact_id),
        "contact_name": str(recipient.contact),
        "status": recipient.status,
        "wamid": recipient.wamid or None,
        "attempts": recipient.attempts,
        "error_code": recipient.error_code,
        "error": recipient.error,
        "sent_at": moment(recipient.sent_at) if recipient.sent_at else None,
        "updated_at": moment(recipient.updated_at),
    }
