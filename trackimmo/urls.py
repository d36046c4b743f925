"""TrackImmo's routes, as documented."""

from core.routes import route
from trackimmo.views import assignments, clients, jobs, service

urlpatterns = [
    route("health", service.HealthView.as_view(), "trackimmo-health"),
    route("version", service.VersionView.as_view(), "trackimmo-version"),
    route("api/process-client", jobs.ProcessClientView.as_view(), "process-client"),
    route("api/job-status/<str:job_id>", jobs.JobStatusView.as_view(), "job-status"),
    route("api/get-client-properties/<str:client_id>", assignments.ClientPropertiesView.as_view(), "client-properties"),
    route("admin/client/<str:client_id>", clients.ClientDetailView.as_view(), "client-detail"),
]
