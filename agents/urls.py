"""The routes of AI agents and what belongs to them, as documented, and calls, statistics and calendars beyond."""

from typing import Final

from django.urls import URLPattern

from agents.views.agents import AIAgentsView, AIAgentView
from core.routes import route

AI: Final = "api/agents/ai"

urlpatterns: list[URLPattern] = [
    route(AI, AIAgentsView.as_view(), name="ai-agents"),
    route(f"{AI}/<uuid:agent_id>", AIAgentView.as_view(), name="ai-agent"),
]
