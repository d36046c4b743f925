"""The agents app."""

from django.apps import AppConfig

from core.envelopes import Envelope, coded_envelope


class AgentsConfig(AppConfig):
    """AI sales agents, their customers, callbacks and calls."""

    name = "agents"
    verbose_name = "AI agents"
    path_prefixes = ("/api/agents/",)

    @property
    def error_envelope(self) -> Envelope:
        """`{error, code, details}`."""
        return coded_envelope
