"""The audit log's routes, as documented, and verification and export beyond."""

from typing import Final

from audit.views import lists, whole
from core.routes import route

AUDIT_LOGS: Final = "api/v1/audit-logs"

urlpatterns = [
    route(AUDIT_LOGS, lists.LogsView.as_view(), "audit-logs"),
    route(f"{AUDIT_LOGS}/user-activity", lists.UserActivityView.as_view(), "audit-user-activity"),
    route(f"{AUDIT_LOGS}/resource-history", lists.ResourceHistoryView.as_view(), "audit-resource-history"),
    route(f"{AUDIT_LOGS}/verify", whole.VerifyView.as_view(), "audit-verify"),
    route(f"{AUDIT_LOGS}/export", whole.ExportView.as_view(), "audit-export"),
]
