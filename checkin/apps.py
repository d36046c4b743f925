"""The check-in app."""

from django.apps import AppConfig

from core.envelopes import Envelope, api_error_envelope


class CheckinConfig(AppConfig):
    """Keeps users' check-in sessions with an upstream service alive."""

    name = "checkin"
    verbose_name = "Check-in"
    path_prefixes = (
        "/api/v1/auth/test",
        "/api/v1/status",
        "/api/v1/state",
        "/api/v1/refresh",  # and refresh-session, refresh-runs
        "/api/v1/session-history",
        "/api/v1/fetch-users",
    )

    @property
    def error_envelope(self) -> Envelope:
        """`{success: false, message: "API Error", error}`."""
        return api_error_envelope
