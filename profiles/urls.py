"""The log's routes, as documented, and batches and exports beyond."""

from typing import Final

from core.routes import route
from profiles.views import bulk, records, reports

LOG: Final = "api/v1/logged-out-profiles"

urlpatterns = [
    route("gmail-automation/logged-out-profiles", records.ReportView.as_view(), "report-logout"),
    route(LOG, records.RecordsView.as_view(), "logged-out-profiles"),
    route(f"{LOG}/bulk", bulk.BatchView.as_view(), "logged-out-profiles-batch"),
    route(f"{LOG}/bulk-delete", bulk.BulkDeleteView.as_view(), "logged-out-profiles-bulk-delete"),
    route(f"{LOG}/export", reports.ExportView.as_view(), "logged-out-profiles-export"),
    route(f"{LOG}/analytics/stats", reports.StatisticsView.as_view(), "logged-out-profiles-statistics"),
    # Names may hold slashes.
    route(f"{LOG}/agent/<path:agent_name>", reports.AgentView.as_view(), "logged-out-profiles-of-agent"),
    route(f"{LOG}/<str:record_id>", records.RecordView.as_view(), "logged-out-profile"),
]
