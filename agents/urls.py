"""The routes of AI agents and what belongs to them, as documented, and calls, statistics and calendars beyond."""

from typing import Final

from django.urls import URLPattern

AI: Final = "api/agents/ai"

urlpatterns: list[URLPattern] = []
