"""Campaigns and their recipients in the admin."""

from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from config.admin_tables import link
from messaging.admin.base import COLOURS, MessagingAdmin
from messaging.models import Campaign, CampaignRecipient, Contact
from messaging.selectors.campaigns import progress
from messaging.selectors.contacts import matching
from messaging.services import campaigns as services


@admin.register(Campaign)
class CampaignAdmin(MessagingAdmin):
    """What goes out to many, and how far it got."""

    list_display = ["name", "state", "number", "created_at", "published_at", "executed_at"]
    list_filter = ["status", "created_at"]
    list_select_related = ["number"]
    search_fields = ["name"]
    ordering = ["-created_at"]
    fields = [
        "name",
        "status",
        "body",
        "template_name",
        "template_language",
        "template_parameters",
        "number",
        "progress",
        "recipients",
        "created_by",
        "created_at",
        "published_at",
        "executed_at",
    ]
    readonly_fields = ["progress", "recipients"]
    actions = ["choose_everybody", "publish", "execute"]

    @display(description="status", ordering="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, campaign: Campaign) -> str:
        """The status, in colour."""
        return campaign.status

    @admin.display(description="progress")
    def progress(self, campaign: Campaign) -> str:
        """How many recipients are how far."""
        counts = progress([campaign.pk]).get(campaign.pk, {})
        return ", ".join(f"{number:,} {status}" for status, number in sorted(counts.items())) or "no recipients"

    @admin.display(description="recipients")
    def recipients(self, campaign: Campaign) -> SafeString:
        """Where they are."""
        query = urlencode({"campaign__id__exact": campaign.pk})
        return link(f"{reverse('admin:messaging_campaignrecipient_changelist')}?{query}", "Who gets it")

    @admin.action(description="Choose everybody who has not opted out", permissions=["act"])
    def choose_everybody(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> None:
        """All contacts become recipients of the drafts."""
        for campaign in campaigns:
            self.tell(request, lambda one=campaign: _chosen(one))  # type: ignore[misc]  # a default is no annotation

    @admin.action(description="Publish", permissions=["act"])
    def publish(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> None:
        """The drafts become ready."""
        for campaign in campaigns:
            self.tell(request, lambda one=campaign: _published(one))  # type: ignore[misc]  # a default is no annotation

    @admin.action(description="Execute: send it now", permissions=["act"])
    def execute(self, request: HttpRequest, campaigns: QuerySet[Campaign]) -> None:
        """The published ones go out."""
        for campaign in campaigns:
            self.tell(request, lambda one=campaign: _executed(one))  # type: ignore[misc]  # a default is no annotation


def _chosen(campaign: Campaign) -> str:
    return f"{campaign}: {services.choose_recipients(campaign_id=campaign.pk).total:,} recipients."


def _published(campaign: Campaign) -> str:
    return f"{services.publish_campaign(campaign_id=campaign.pk)} is published."


def _executed(campaign: Campaign) -> str:
    return f"{services.execute_campaign(campaign_id=campaign.pk)} is on its way."


@admin.register(CampaignRecipient)
class CampaignRecipientAdmin(MessagingAdmin):
    """Who gets a campaign, and whether he got it."""

    list_display = ["contact", "campaign", "state", "error_code", "error", "attempts", "sent_at", "updated_at"]
    list_filter = ["status", "updated_at"]
    list_select_related = ["contact", "campaign"]
    search_fields = ["wamid"]
    search_help_text = "Part of a name, of a number, or of WhatsApp's id of the message"
    ordering = ["-updated_at"]

    @display(description="status", ordering="status", label=COLOURS)  # type: ignore[untyped-decorator]
    def state(self, recipient: CampaignRecipient) -> str:
        """The status, in colour."""
        return recipient.status

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[CampaignRecipient], search_term: str
    ) -> tuple[QuerySet[CampaignRecipient], bool]:
        """Contacts as everywhere they are sought, and messages by their ids."""
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        if search_term:
            found |= queryset.filter(contact__in=matching(Contact.objects.all(), search_term))
        return found, has_duplicates

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Also the recipients of one campaign."""
        return lookup == "campaign__id__exact" or super().lookup_allowed(lookup, value, request)
