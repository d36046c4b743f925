"""The outbox's app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """Events on their way out of the database."""

    name = "core.outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        """Let every app declare its consumers."""
        autodiscover_modules("consumers")
