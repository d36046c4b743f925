"""AI agents."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.permissions import Resource
from agents.selectors.agents import agents_page
from agents.selectors.seen import agent_seen
from agents.serializers.agents import AgentChangesIn, AgentDoneOut, AgentIn, AgentsOut, AgentsQuery
from agents.serializers.base import ErrorOut
from agents.services.agents import create_agent, replace_agent, update_agent
from agents.services.erasing import DeletedAgent, delete_agent
from agents.services.facts import agent_shown
from agents.views.base import MISSING, REFUSALS, AgentsView
from core.paths import id_parameter
from core.wording import counted

TAG: Final = {"tags": ["AI agents"], "security": [{"Bearer": []}]}
BY_ID: Final = [id_parameter("agent_id")]


class AIAgentsView(AgentsView):
    """All AI agents that the caller sees."""

    resource = Resource.AGENTS
    query_serializer_class = AgentsQuery

    @swagger_auto_schema(
        operation_id="ai_agents", query_serializer=AgentsQuery, responses={200: AgentsOut, **REFUSALS}, **TAG
    )
    def get(self, request: Request) -> Response:
        """List AI agents, the newest first unless told, and how many there are in each status."""
        page = agents_page(self.actor, **self.query)
        return self.listed([agent_shown(agent) for agent in page.items], page.total_count, page.summary)

    @swagger_auto_schema(
        operation_id="create_ai_agent",
        request_body=AgentIn,
        responses={201: AgentDoneOut, 409: ErrorOut, **REFUSALS},
        **TAG,
    )
    def post(self, request: Request) -> Response:
        """Create an AI agent. A client's is his own, and he has one at most."""
        agent = create_agent(by=self.actor, **self.parse(AgentIn))
        return self.done("AI agent created successfully", "agent", agent_shown(agent), created=True)


class AIAgentView(AgentsView):
    """One AI agent."""

    resource = Resource.AGENTS

    @swagger_auto_schema(
        operation_id="ai_agent", manual_parameters=BY_ID, responses={200: AgentDoneOut, **MISSING}, **TAG
    )
    def get(self, request: Request, agent_id: UUID) -> Response:
        """Show an AI agent."""
        agent = agent_seen(self.actor, agent_id)
        return self.done("AI agent retrieved successfully", "agent", agent_shown(agent))

    @swagger_auto_schema(
        operation_id="replace_ai_agent",
        manual_parameters=BY_ID,
        request_body=AgentIn,
        responses={200: AgentDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def put(self, request: Request, agent_id: UUID) -> Response:
        """Set an AI agent up anew. What is left out gets its default; its status, training and people stay."""
        agent = replace_agent(agent_id=agent_id, by=self.actor, **self.parse(AgentIn))
        return self.done("AI agent updated successfully", "agent", agent_shown(agent))

    @swagger_auto_schema(
        operation_id="update_ai_agent",
        manual_parameters=BY_ID,
        request_body=AgentChangesIn,
        responses={200: AgentDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def patch(self, request: Request, agent_id: UUID) -> Response:
        """Change what is given of an AI agent. Objects merge; a null within them removes."""
        agent = update_agent(agent_id=agent_id, by=self.actor, **self.parse(AgentChangesIn))
        return self.done("AI agent updated successfully", "agent", agent_shown(agent))

    @swagger_auto_schema(
        operation_id="delete_ai_agent",
        manual_parameters=BY_ID,
        responses={200: AgentDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def delete(self, request: Request, agent_id: UUID) -> Response:
        """Delete an AI agent with its customers, callbacks and calls, and answer with it as it was."""
        deleted = delete_agent(agent_id=agent_id, by=self.actor)
        return self.done(told(deleted), "agent", deleted.shown)


def told(deleted: DeletedAgent) -> str:
    """What was deleted, in words."""
    gone = deleted.erased
    return (
        f"AI agent deleted successfully, with {counted(gone.customers, 'customer')},"
        f" {counted(gone.callbacks, 'callback')} and {counted(gone.calls, 'call')}"
    )
