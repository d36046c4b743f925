"""The health app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class HealthConfig(AppConfig):
    """Probes, metrics and heartbeats. It has no tables."""

    name = "core.health"

    def ready(self) -> None:
        """Let every app declare its gauges."""
        autodiscover_modules("gauges")
