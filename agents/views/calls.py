"""Calls. They are history: nobody replaces or deletes one."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.permissions import Resource
from agents.selectors.calls import call_seen, calls_page
from agents.serializers.base import ErrorOut
from agents.serializers.calls import CallChangesIn, CallDoneOut, CallIn, CallsOut, CallsQuery
from agents.services.calling import record_call, update_call
from agents.services.facts import call_shown
from agents.views.base import AgentsView
from core.paths import id_parameter

TAG: Final = {"tags": ["Calls"], "security": [{"Bearer": []}]}
REFUSALS: Final = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 429: ErrorOut}
BY_ID: Final = [id_parameter("call_id")]


class CallsView(AgentsView):
    """All calls that the caller sees."""

    resource = Resource.CALLS
    query_serializer_class = CallsQuery

    @swagger_auto_schema(
        operation_id="calls", query_serializer=CallsQuery, responses={200: CallsOut, **REFUSALS}, **TAG
    )
    def get(self, request: Request) -> Response:
        """List calls, the newest first unless told, and how many there are in each status."""
        page = calls_page(self.actor, **self.query)
        return self.listed(page.items, page.total_count, page.summary)

    @swagger_auto_schema(
        operation_id="record_call",
        request_body=CallIn,
        responses={201: CallDoneOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **TAG,
    )
    def post(self, request: Request) -> Response:
        """Take a call down. Its AI agent and its customer count it, and its callback goes on with it."""
        call = record_call(by=self.actor, **self.parse(CallIn))
        return self.done("Call recorded successfully", "call", call_shown(call), created=True)


class CallView(AgentsView):
    """One call."""

    resource = Resource.CALLS

    @swagger_auto_schema(
        operation_id="call",
        manual_parameters=BY_ID,
        responses={200: CallDoneOut, 404: ErrorOut, **REFUSALS},
        **TAG,
    )
    def get(self, request: Request, call_id: UUID) -> Response:
        """Show a call."""
        return self.done("Call retrieved successfully", "call", call_shown(call_seen(self.actor, call_id)))

    @swagger_auto_schema(
        operation_id="update_call",
        manual_parameters=BY_ID,
        request_body=CallChangesIn,
        responses={200: CallDoneOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **TAG,
    )
    def patch(self, request: Request, call_id: UUID) -> Response:
        """End a call that is in progress, or change the notes of any."""
        call = update_call(call_id=call_id, by=self.actor, **self.parse(CallChangesIn))
        return self.done("Call updated successfully", "call", call_shown(call))
