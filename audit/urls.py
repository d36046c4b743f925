"""The routes of the audit log."""

from typing import Final

from django.urls import URLPattern

AUDIT_LOGS: Final = "api/v1/audit-logs"

urlpatterns: list[URLPattern] = []
