"""Campaigns: everybody sees them, admins write and execute them."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Forbidden
from core.paths import id_parameter
from core.reading import REFUSALS, FailureOut
from messaging.models import Campaign
from messaging.selectors.campaigns import campaign, campaigns, progress, recipients
from messaging.serializers.campaigns import (
    CampaignChangesIn,
    CampaignDoneOut,
    CampaignIn,
    CampaignsOut,
    CampaignsQuery,
    ChosenDoneOut,
    RecipientsIn,
    RecipientsOut,
    RecipientsQuery,
)
from messaging.services import campaigns as services
from messaging.services.campaigns.facts import campaign_shown, recipient_shown
from messaging.views.base import MISSING, READS, MessagingView, NothingIn, tagged

TAG: Final = tagged("Campaigns")
BY_ID: Final = [id_parameter("campaign_id")]
STEPS: Final = {200: CampaignDoneOut, 409: FailureOut, **MISSING}
ADMIN: Final = "admin"


class CampaignBaseView(MessagingView):
    """Changing is the admin's."""

    def check_permissions(self, request: Request) -> None:
        """As DRF's. What nobody can do here is 405 to everybody."""
        super().check_permissions(request)
        verb = str(request.method)
        if verb not in READS and hasattr(self, verb.lower()) and self.actor.role != ADMIN:
            raise Forbidden("Only an admin may change and execute campaigns.")

    def shown(self, row: Campaign, *, created: bool = False) -> Response:
        """A campaign and its progress."""
        return self.done(campaign_shown(row, progress([row.pk]).get(row.pk, {})), created=created)


class CampaignsView(CampaignBaseView):
    """All campaigns."""

    query_serializer_class = CampaignsQuery

    @swagger_auto_schema(
        operation_id="campaigns", query_serializer=CampaignsQuery, responses={200: CampaignsOut, **REFUSALS}, **TAG
    )
    def get(self, request: Request) -> Response:
        """List campaigns, the newest first, each with how many of its recipients are how far."""
        page = campaigns(**self.query)
        counts = progress([row.pk for row in page.rows])
        return self.listed([campaign_shown(row, counts.get(row.pk, {})) for row in page.rows], page.next_cursor)

    @swagger_auto_schema(
        operation_id="create_campaign",
        request_body=CampaignIn,
        responses={201: CampaignDoneOut, 409: FailureOut, **MISSING},
        **TAG,
    )
    def post(self, request: Request) -> Response:
        """Write a draft."""
        return self.shown(services.create_campaign(**self.parse(CampaignIn)), created=True)


class CampaignView(CampaignBaseView):
    """One campaign."""

    @swagger_auto_schema(
        operation_id="campaign", manual_parameters=BY_ID, responses={200: CampaignDoneOut, **MISSING}, **TAG
    )
    def get(self, request: Request, campaign_id: UUID) -> Response:
        """Show a campaign and how far it got."""
        return self.shown(campaign(campaign_id))

    @swagger_auto_schema(
        operation_id="update_campaign",
        manual_parameters=BY_ID,
        request_body=CampaignChangesIn,
        responses=STEPS,
        **TAG,
    )
    def patch(self, request: Request, campaign_id: UUID) -> Response:
        """Change what is given of a draft."""
        return self.shown(services.update_campaign(campaign_id=campaign_id, **self.parse(CampaignChangesIn)))

    @swagger_auto_schema(
        operation_id="delete_campaign",
        manual_parameters=BY_ID,
        responses=STEPS,
        **TAG,
    )
    def delete(self, request: Request, campaign_id: UUID) -> Response:
        """Delete a draft, and answer with it as it was."""
        row = campaign(campaign_id)
        counts = progress([row.pk]).get(row.pk, {})
        services.delete_campaign(campaign_id=campaign_id)
        return self.done(campaign_shown(row, counts))


class RecipientsView(CampaignBaseView):
    """Who gets a campaign."""

    query_serializer_class = RecipientsQuery

    @swagger_auto_schema(
        operation_id="campaign_recipients",
        manual_parameters=BY_ID,
        query_serializer=RecipientsQuery,
        responses={200: RecipientsOut, **MISSING},
        **TAG,
    )
    def get(self, request: Request, campaign_id: UUID) -> Response:
        """List recipients, those who changed last first."""
        page = recipients(campaign_id=campaign_id, **self.query)
        return self.listed([recipient_shown(row) for row in page.rows], page.next_cursor)

    @swagger_auto_schema(
        operation_id="choose_recipients",
        manual_parameters=BY_ID,
        request_body=RecipientsIn,
        responses={200: ChosenDoneOut, 409: FailureOut, **MISSING},
        **TAG,
    )
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Choose recipients of a draft. Whoever opted out is left out, and asked again before anything is sent."""
        campaign(campaign_id)
        told = self.parse(RecipientsIn)
        chosen = services.choose_recipients(
            campaign_id=campaign_id,
            contact_ids=told.get("contact_ids"),
            active_since=told.get("filter", {}).get("active_since"),
            replace=told["replace"],
        )
        return self.done({"added": chosen.added, "excluded": chosen.excluded, "total": chosen.total})


class PublishView(CampaignBaseView):
    """A draft becomes ready."""

    @swagger_auto_schema(
        operation_id="publish_campaign", manual_parameters=BY_ID, request_body=NothingIn, responses=STEPS, **TAG
    )
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Publish a draft: from then on it does not change."""
        self.parse(NothingIn)
        return self.shown(services.publish_campaign(campaign_id=campaign_id))


class ExecuteView(CampaignBaseView):
    """A published campaign goes out."""

    @swagger_auto_schema(
        operation_id="execute_campaign", manual_parameters=BY_ID, request_body=NothingIn, responses=STEPS, **TAG
    )
    def post(self, request: Request, campaign_id: UUID) -> Response:
        """Send a published campaign, to each of its recipients once."""
        self.parse(NothingIn)
        return self.shown(services.execute_campaign(campaign_id=campaign_id))
