"""The routes of AI agents and what belongs to them, as documented, and calls, statistics and calendars beyond."""

from typing import Final

from django.urls import URLPattern

from agents.views.agents import AIAgentsView, AIAgentView
from agents.views.bulk import AgentsBulkView, CallbacksBulkView
from agents.views.calendar import CalendarFeedView, CalendarOfAgentView, CalendarView
from agents.views.callbacks import CallbacksView, CallbackView
from agents.views.calls import CallsView, CallView
from agents.views.customers import CustomersView, CustomerView
from agents.views.statistics import StatisticsView
from core.routes import route

AI: Final = "api/agents/ai"

urlpatterns: list[URLPattern] = [
    route(AI, AIAgentsView.as_view(), name="ai-agents"),
    route(f"{AI}/bulk-actions", AgentsBulkView.as_view(), name="ai-agents-bulk"),
    route(f"{AI}/callbacks", CallbacksView.as_view(), name="callbacks"),
    route(f"{AI}/callbacks/bulk-actions", CallbacksBulkView.as_view(), name="callbacks-bulk"),
    route(f"{AI}/callbacks/<uuid:callback_id>", CallbackView.as_view(), name="callback"),
    route(f"{AI}/calls", CallsView.as_view(), name="calls"),
    route(f"{AI}/calls/<uuid:call_id>", CallView.as_view(), name="call"),
    route(f"{AI}/customers", CustomersView.as_view(), name="customers"),
    route(f"{AI}/customers/<uuid:customer_id>", CustomerView.as_view(), name="customer"),
    route(f"{AI}/stats", StatisticsView.as_view(), name="ai-statistics"),
    route(f"{AI}/<uuid:agent_id>", AIAgentView.as_view(), name="ai-agent"),
    route(f"{AI}/<uuid:agent_id>/calendar", CalendarView.as_view(), name="ai-agent-calendar"),
    route(f"{AI}/<uuid:agent_id>/calendar.ics", CalendarOfAgentView.as_view(), name="ai-agent-calendar-file"),
    route(f"{AI}/calendar.ics", CalendarFeedView.as_view(), name="calendar-feed"),
]
