"""The audit app."""

from django.apps import AppConfig

from audit.keys import signing_key
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

    def ready(self) -> None:
        """Refuse to start with signing keys that cannot be used. Raises ImproperlyConfigured."""
        signing_key()
