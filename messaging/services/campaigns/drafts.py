"""Writing campaigns, and changing them until they are published."""

from typing import Any, Final, TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from audit import services as audit
from core.actor import current_origin
from core.jsontypes import JSON
from messaging.errors import NumberNotFound
from messaging.models import Campaign, WhatsAppNumber
from messaging.services.campaigns.locking import CAMPAIGN, locked_draft

FIELDS: Final = ("name", "body", "template_name", "template_language", "template_parameters", "number_id")


class CampaignFields(TypedDict, total=False):
    """What is said of a campaign."""

    name: str
    body: str
    template_name: str
    template_language: str
    template_parameters: list[str]
    number_id: UUID


@transaction.atomic
def create_campaign(**fields: Unpack[CampaignFields]) -> Campaign:
    """Write a draft, from the organization's only active number unless told. Raises NumberNotFound."""
    campaign = Campaign(**{**fields, "number_id": _number_id(fields.get("number_id"))})
    actor = current_origin().actor
    campaign.created_by_id = actor.user_id if actor else None
    campaign.save(force_insert=True)
    audit.record(
        action="create",
        resource_type=CAMPAIGN,
        resource_id=campaign.pk,
        changes={"status": (None, campaign.status), **{name: (None, _plain(campaign, name)) for name in FIELDS}},
    )
    return campaign


@transaction.atomic
def update_campaign(*, campaign_id: UUID, **fields: Unpack[CampaignFields]) -> Campaign:
    """Change what is given of a draft. Raises CampaignNotFound, CampaignNotDraft and NumberNotFound."""
    campaign = locked_draft(campaign_id)
    if "number_id" in fields:
        fields["number_id"] = _number_id(fields["number_id"])
    before = {name: _plain(campaign, name) for name in fields}
    for name, value in fields.items():
        setattr(campaign, name, value)
    changes = {name: (old, _plain(campaign, name)) for name, old in before.items() if old != _plain(campaign, name)}
    if changes:
        campaign.save(update_fields=list(changes))
        audit.record(action="update", resource_type=CAMPAIGN, resource_id=campaign.pk, changes=changes)
    return campaign


@transaction.atomic
def delete_campaign(*, campaign_id: UUID) -> None:
    """Delete a draft with its recipients. Raises CampaignNotFound and CampaignNotDraft."""
    campaign = locked_draft(campaign_id)
    audit.record(
        action="delete",
        resource_type=CAMPAIGN,
        resource_id=campaign.pk,
        changes={"name": (campaign.name, None), "status": (campaign.status, None)},
    )
    campaign.delete()


def _number_id(told: UUID | None) -> UUID:
    numbers = WhatsAppNumber.objects.filter(pk=told) if told else WhatsAppNumber.objects.filter(is_active=True)
    found = list(numbers.values_list("pk", flat=True)[:2])
    if not found:
        raise NumberNotFound
    if len(found) > 1:
        raise NumberNotFound("There are several WhatsApp numbers: say number_id.")
    return found[0]


def _plain(campaign: Campaign, name: str) -> JSON:
    value: Any = getattr(campaign, name)
    return str(value) if isinstance(value, UUID) else value
