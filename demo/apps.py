"""The demo app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Data for trying the platform. It has no tables."""

    name = "demo"
