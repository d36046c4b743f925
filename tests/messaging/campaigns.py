"""Campaigns for tests, and what is asked of them over HTTP."""

from messaging.models import Campaign, CampaignRecipient, Contact, WhatsAppNumber
from messaging.services import campaigns as services
from tests.messaging.cloud_api import TOKEN
from tests.stored import audited

URL = "/api/v1/campaigns/"
PHONE = "106540352242922"


def at(campaign: Campaign, step: str = "") -> str:
    """Where a campaign is, or a step of its."""
    return f"{URL}{campaign.pk}/{step}"


def actions() -> list[tuple[str, dict]]:
    """What the audit log has of campaigns."""
    return [(one["action"], one["changes"]) for one in audited() if one["resource_type"] == "campaign"]


def a_number(**fields) -> WhatsAppNumber:
    return WhatsAppNumber.objects.create(
        **{"phone_number_id": PHONE, "business_account_id": "102290129340398", "access_token": TOKEN, **fields}
    )


def some_contacts(number: int, **fields) -> list[Contact]:
    return Contact.objects.bulk_create(
        Contact(wa_id=f"336{index:08}", name=f"Contact {index}", **fields) for index in range(number)
    )


def executed(contacts: list[Contact], **fields) -> Campaign:
    """A campaign that is on its way to these contacts."""
    campaign = published(contacts, **fields)
    return services.execute_campaign(campaign_id=campaign.pk)


def published(contacts: list[Contact], **fields) -> Campaign:
    campaign = services.create_campaign(**{"name": "Spring", "body": "Spring is here", **fields})
    services.choose_recipients(campaign_id=campaign.pk, contact_ids=[contact.pk for contact in contacts])
    return services.publish_campaign(campaign_id=campaign.pk)


def statuses(campaign: Campaign) -> dict[str, int]:
    """How many recipients are in each status that any is in."""
    found: dict[str, int] = {}
    for status in CampaignRecipient.objects.filter(campaign=campaign).values_list("status", flat=True):
        found[status] = found.get(status, 0) + 1
    return found
