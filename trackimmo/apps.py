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
        "/api/process-client",
        "/api/job-status",
        "/api/get-client-properties",
        "/admin/client",
    )

    @property
    def error_envelope(self) -> Envelope:
        """`{detail}`."""
        return detail_envelope
