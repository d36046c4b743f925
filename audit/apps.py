"""The audit app."""

from django.apps import AppConfig

from core.envelopes import Envelope, services_envelope


class AuditConfig(AppConfig):
    """The audit log of every organization."""

    name = "audit"
    verbose_name = "Audit log"
    path_prefixes = ("/api/v1/audit-logs",)

    @property
    def error_envelope(self) -> Envelope:
        """`{success: false, message}`."""
        return services_envelope
