"""TrackImmo's routes, as documented."""

from core.routes import route
from trackimmo import views

urlpatterns = [
    route("health", views.HealthView.as_view(), "trackimmo-health"),
    route("version", views.VersionView.as_view(), "trackimmo-version"),
    route("api/process-client", views.ProcessClientView.as_view(), "process-client"),
    route("api/job-status/<str:job_id>", views.JobStatusView.as_view(), "job-status"),
    route("api/get-client-properties/<str:client_id>", views.ClientPropertiesView.as_view(), "client-properties"),
    route("admin/client/<str:client_id>", views.ClientDetailView.as_view(), "client-detail"),
]
