"""Handing in events: for admins."""

from collections.abc import Sequence

from django.utils.timezone import now
from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerTokenAuthentication
from analytics.serializers.events import EventsIn, EventsOut
from analytics.services.recording import Measurement
from analytics.services.taking_in import Given, take_in
from analytics.views.reading import TAGGED
from core.api import ApiView
from core.errors import Forbidden
from core.gate import Limit
from core.reading import OF_A_WRITER, OF_AN_ORGANIZATION, REFUSALS, FailureOut

ADMIN = "admin"


class EventsView(ApiView):
    """What programs count."""

    authentication_classes = [BearerTokenAuthentication]

    def get_limits(self) -> Sequence[Limit]:
        """Those of a writer."""
        return [OF_A_WRITER, OF_AN_ORGANIZATION]

    def check_permissions(self, request: Request) -> None:
        """As DRF's, and metrics are an admin's to hand in. What nobody can do here is 405 to everybody."""
        super().check_permissions(request)
        if request.method == "POST" and self.actor.role != ADMIN:
            raise Forbidden("Only an admin may hand in events.")

    @swagger_auto_schema(
        operation_id="create_analytics_events",
        request_body=EventsIn,
        responses={202: EventsOut, 409: FailureOut, **REFUSALS},
        **TAGGED,
    )
    def post(self, request: Request) -> Response:
        """Take in up to 1,000 events, all or none; they are counted soon. An error says at which index it is.

        An event with an `id` that was handed in before is not counted again.
        """
        events = [
            Given(Measurement(event["metric"], event["at"] or now(), event["value"], event["dimensions"]), event["id"])
            for event in self.parse(EventsIn)["events"]
        ]
        data = [{"id": event_id} for event_id in take_in(events=events)]
        return Response({"success": True, "count": len(data), "data": data}, status=status.HTTP_202_ACCEPTED)
