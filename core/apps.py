"""The core app: what every app shares."""

from django.apps import AppConfig

from core.secrets import box


class CoreConfig(AppConfig):
    """Errors, envelopes, tenancy and limits. It has no tables of its own; its sub-apps do."""

    name = "core"

    def ready(self) -> None:
        """Refuse to start with encryption keys that cannot be used. Raises ImproperlyConfigured."""
        box()
