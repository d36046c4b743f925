"""The core app: what every app shares."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Errors, envelopes, tenancy and limits. It has no tables of its own; its sub-apps do."""

    name = "core"
