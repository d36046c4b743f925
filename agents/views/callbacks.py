"""Callbacks."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.permissions import Resource
from agents.selectors.callbacks import callback_seen, callbacks_page
from agents.serializers.base import ErrorOut
from agents.serializers.callbacks import CallbackChangesIn, CallbackIn, CallbackReplacementIn, CallbacksQuery
from agents.serializers.callbacks_out import CallbackDoneOut, CallbacksOut
from agents.services.callbacks import delete_callback, replace_callback, schedule_callback, update_callback
from agents.services.facts import callback_shown
from agents.views.base import MISSING, REFUSALS, AgentsView
from core.paths import id_parameter

TAG: Final = {"tags": ["Callbacks"], "security": [{"Bearer": []}]}
BY_ID: Final = [id_parameter("callback_id")]


class CallbacksView(AgentsView):
    """All callbacks that the caller sees."""

    resource = Resource.CALLBACKS
    query_serializer_class = CallbacksQuery

    @swagger_auto_schema(
        operation_id="callbacks", query_serializer=CallbacksQuery, responses={200: CallbacksOut, **REFUSALS}, **TAG
    )
    def get(self, request: Request) -> Response:
        """List callbacks, the earliest first unless told, and how many there are in each status."""
        page = callbacks_page(self.actor, **self.query)
        return self.listed(page.items, page.total_count, page.summary)

    @swagger_auto_schema(
        operation_id="schedule_callback",
        request_body=CallbackIn,
        responses={201: CallbackDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def post(self, request: Request) -> Response:
        """Schedule a callback. An unknown number makes a new customer; a refusal names the next free time."""
        callback = schedule_callback(by=self.actor, **self.parse(CallbackIn))
        return self.done("Callback scheduled successfully", "callback", callback_shown(callback), created=True)


class CallbackView(AgentsView):
    """One callback."""

    resource = Resource.CALLBACKS

    @swagger_auto_schema(
        operation_id="callback", manual_parameters=BY_ID, responses={200: CallbackDoneOut, **MISSING}, **TAG
    )
    def get(self, request: Request, callback_id: UUID) -> Response:
        """Show a callback."""
        callback = callback_seen(self.actor, callback_id)
        return self.done("Callback retrieved successfully", "callback", callback_shown(callback))

    @swagger_auto_schema(
        operation_id="replace_callback",
        manual_parameters=BY_ID,
        request_body=CallbackReplacementIn,
        responses={200: CallbackDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def put(self, request: Request, callback_id: UUID) -> Response:
        """Set what a callback is about anew. What is left out gets its default; its time and its status stay."""
        callback = replace_callback(callback_id=callback_id, by=self.actor, **self.parse(CallbackReplacementIn))
        return self.done("Callback updated successfully", "callback", callback_shown(callback))

    @swagger_auto_schema(
        operation_id="update_callback",
        manual_parameters=BY_ID,
        request_body=CallbackChangesIn,
        responses={200: CallbackDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def patch(self, request: Request, callback_id: UUID) -> Response:
        """Change what is given of a callback. A new time makes it wait again, rescheduled."""
        callback = update_callback(callback_id=callback_id, by=self.actor, **self.parse(CallbackChangesIn))
        return self.done("Callback updated successfully", "callback", callback_shown(callback))

    @swagger_auto_schema(
        operation_id="delete_callback",
        manual_parameters=BY_ID,
        responses={200: CallbackDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def delete(self, request: Request, callback_id: UUID) -> Response:
        """Delete a callback, and answer with it as it was. Calls that it led to stay."""
        callback = delete_callback(callback_id=callback_id, by=self.actor)
        return self.done("Callback deleted successfully", "callback", callback_shown(callback))
