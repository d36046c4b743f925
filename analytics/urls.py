"""The routes of metrics: the documented reads, and handing in events."""

from typing import Final

from django.urls import URLPattern

from analytics.views.events import EventsView
from analytics.views.reading import DailyView, HourlyView, MetricsView
from core.routes import route

ANALYTICS: Final = "api/v1/analytics"

urlpatterns: list[URLPattern] = [
    route(f"{ANALYTICS}/daily", DailyView.as_view(), name="analytics-daily"),
    route(f"{ANALYTICS}/hourly", HourlyView.as_view(), name="analytics-hourly"),
    route(f"{ANALYTICS}/metrics", MetricsView.as_view(), name="analytics-metrics"),
    route(f"{ANALYTICS}/events", EventsView.as_view(), name="analytics-events"),
]
