"""One action on many objects: an admin's."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django.utils.timezone import now
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.permissions import Resource
from agents.serializers.base import ErrorOut
from agents.serializers.bulk import AgentBulkIn, BulkIn, CallbackBulkIn
from agents.serializers.bulk_out import AgentBulkOut, CallbackBulkOut
from agents.services import bulk
from agents.services.facts import moment
from agents.views.base import REFUSALS, AgentsView

AGENTS: Final = {"tags": ["AI agents"], "security": [{"Bearer": []}]}
CALLBACKS: Final = {"tags": ["Callbacks"], "security": [{"Bearer": []}]}
Action = tuple[Callable[..., bulk.BulkResult], str]


class BulkView(AgentsView):
    """Each action with the service that does it, and how it is told."""

    is_bulk = True
    body: ClassVar[type[BulkIn]]
    actions: ClassVar[Mapping[str, Action]]

    def act(self) -> Response:
        """Do what the body says."""
        asked = self.parse(self.body)
        service, done = self.actions[asked.pop("action")]
        result = service(by=self.actor, **asked)
        told = f"{self.resource}{' that would be' if result.dry_run else ''} {done}: {result.count('done'):,}"
        message = f"{told}; unchanged: {result.count('unchanged'):,}; failed: {result.count('failed'):,}"
        body: dict[str, Any] = {"message": message[0].upper() + message[1:], "data": result.shown()}
        return Response({**body, "timestamp": moment(now())})


class AgentsBulkView(BulkView):
    """Many AI agents."""

    resource = Resource.AGENTS
    body = AgentBulkIn
    actions = {
        "activate": (bulk.activate_agents, "activated"),
        "pause": (bulk.pause_agents, "paused"),
        "reset_training": (bulk.reset_training, "back at the beginning of their training"),
        "delete_inactive": (bulk.delete_inactive_agents, "deleted"),
    }

    @swagger_auto_schema(
        operation_id="bulk_ai_agents",
        request_body=AgentBulkIn,
        responses={200: AgentBulkOut, 409: ErrorOut, **REFUSALS},
        **AGENTS,
    )
    def post(self, request: Request) -> Response:
        """Activate, pause, send back to training, or delete up to 10,000 AI agents. One that fails stops no other.

        `delete_inactive` deletes those that are not active and were on no call for the filter's `inactive_days`, or 30.
        """
        return self.act()


class CallbacksBulkView(BulkView):
    """Many callbacks."""

    resource = Resource.CALLBACKS
    body = CallbackBulkIn
    actions = {
        "complete": (bulk.complete_callbacks, "completed"),
        "reschedule": (bulk.reschedule_callbacks, "rescheduled"),
        "cancel": (bulk.cancel_callbacks, "cancelled"),
        "delete_completed": (bulk.delete_completed_callbacks, "deleted"),
    }

    @swagger_auto_schema(
        operation_id="bulk_callbacks",
        request_body=CallbackBulkIn,
        responses={200: CallbackBulkOut, 409: ErrorOut, **REFUSALS},
        **CALLBACKS,
    )
    def post(self, request: Request) -> Response:
        """Complete, reschedule, cancel or delete up to 10,000 callbacks. One that fails stops no other.

        `reschedule` puts each in a free slot of its AI agent's from `new_datetime` on, the most urgent first, and
        tells where each went.
        """
        return self.act()
