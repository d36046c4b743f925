"""The TrackImmo app."""

from django.apps import AppConfig

from core.envelopes import Envelope, detail_envelope


class TrackimmoConfig(AppConfig):
    """Past property sales, assigned to real-estate clients on a schedule."""

    name = "trackimmo"
    verbose_name = "TrackImmo"
    path_prefixes = (
        "/health",
        "/version",
        "/unsubscribe",
        "/api/process-client",
        "/api/add-addresses",
        "/api/job-status",
        "/api/get-client-properties",
        "/api/client-properties",
        "/api/process-retry-queue",
        "/api/cleanup-jobs",
        "/admin/health",
        "/admin/stats",
        "/admin/client",  # and clients
        "/admin/cities",
        "/admin/jobs",
        "/admin/test-",
    )

    @property
    def error_envelope(self) -> Envelope:
        """`{detail}`."""
        return detail_envelope
