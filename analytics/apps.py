"""The analytics app."""

from django.apps import AppConfig

from core.envelopes import Envelope, services_envelope


class AnalyticsConfig(AppConfig):
    """Metrics of every organization."""

    name = "analytics"
    verbose_name = "Analytics"
    path_prefixes = ("/api/v1/analytics",)

    @property
    def error_envelope(self) -> Envelope:
        """`{success: false, message}`."""
        return services_envelope
