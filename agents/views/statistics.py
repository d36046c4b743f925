"""AI agents in numbers."""

from zoneinfo import ZoneInfo

from django.utils.timezone import now
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.permissions import Resource
from agents.selectors.seen import agent_meant_by
from agents.selectors.statistics import periods, statistics
from agents.serializers.statistics import StatisticsOut, StatisticsQuery
from agents.services.facts import moment
from agents.views.base import MISSING, AgentsView


class StatisticsView(AgentsView):
    """What the caller's AI agents have done."""

    resource = Resource.STATISTICS
    query_serializer_class = StatisticsQuery

    @swagger_auto_schema(
        operation_id="ai_agents_statistics",
        query_serializer=StatisticsQuery,
        responses={200: StatisticsOut, **MISSING},
        tags=["AI agents"],
        security=[{"Bearer": []}],
    )
    def get(self, request: Request) -> Response:
        """Tell what happened in a calendar period, and in the one before it."""
        agent_id, name = self.query.get("agent_id"), self.query["time_period"]
        agent = agent_meant_by(self.actor, agent_id) if agent_id else None
        zone = self.query.get("tz") or (agent.timezone if agent else "UTC")
        asked = periods(name, zone=ZoneInfo(zone), moment=now())
        current, *previous = statistics(self.actor, agent_id=agent_id, asked=asked)
        found = {"time_period": name, **current, "previous": previous[0] if previous else None}
        told = {
            "message": "Statistics retrieved successfully",
            **found,
            "data": found,
            "timestamp": moment(asked.moment),
        }
        return Response(told)
