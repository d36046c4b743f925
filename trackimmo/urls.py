"""TrackImmo's routes, as documented."""

from collections.abc import Callable, Iterator

from django.http.response import HttpResponseBase
from django.urls import URLPattern

from core.routes import route
from trackimmo.views import (
    administration,
    assignments,
    cities,
    clients,
    health,
    job_administration,
    job_queue,
    jobs,
    mails,
    service,
    unsubscribe,
)


def one_client(path: str, view: Callable[..., HttpResponseBase], name: str) -> Iterator[URLPattern]:
    """A path below one client, in both spellings: `admin/client/{id}`, as documented, and that of the list."""
    for spelling, named in (("client", name), ("clients", f"{name}-of-list")):
        yield route(f"admin/{spelling}/<str:client_id>{path}", view, named)


urlpatterns = [
    route("health", service.HealthView.as_view(), "trackimmo-health"),
    route("version", service.VersionView.as_view(), "trackimmo-version"),
    route("unsubscribe/<str:token>", unsubscribe.UnsubscribeView.as_view(), "unsubscribe"),
    route("api/process-client", jobs.ProcessClientView.as_view(), "process-client"),
    route("api/add-addresses", jobs.AddAddressesView.as_view(), "add-addresses"),
    route("api/process-retry-queue", job_queue.RetryQueueView.as_view(), "process-retry-queue"),
    route("api/cleanup-jobs", job_queue.CleanupJobsView.as_view(), "cleanup-jobs"),
    route("api/job-status/<str:job_id>", jobs.JobStatusView.as_view(), "job-status"),
    route("api/get-client-properties/<str:client_id>", assignments.ClientPropertiesView.as_view(), "client-properties"),
    route(
        "api/client-properties/<str:client_id>/<str:address_id>",
        assignments.ClientPropertyView.as_view(),
        "client-property",
    ),
    route("admin/clients", clients.ClientsView.as_view(), "clients"),
    *one_client("", clients.ClientView.as_view(), "client-detail"),
    *one_client("/dry-run", administration.DryRunView.as_view(), "dry-run"),
    *one_client("/reset-assignments", administration.ResetView.as_view(), "reset-assignments"),
    route("admin/test-client-processing", administration.TrialView.as_view(), "test-client-processing"),
    route("admin/jobs", job_administration.JobsView.as_view(), "jobs"),
    route("admin/jobs/cleanup", job_administration.JobsCleanupView.as_view(), "jobs-cleanup"),
    route("admin/stats", administration.StatisticsView.as_view(), "stats"),
    route("admin/test-email", mails.TestEmailView.as_view(), "test-email"),
    route("admin/health", health.AdminHealthView.as_view(), "admin-health"),
    route("admin/cities", cities.CitiesView.as_view(), "cities"),
    route("admin/cities/<str:city_id>", cities.CityView.as_view(), "city"),
]
