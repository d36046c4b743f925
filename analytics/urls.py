"""The routes of metrics."""

from typing import Final

from django.urls import URLPattern

ANALYTICS: Final = "api/v1/analytics"

urlpatterns: list[URLPattern] = []
