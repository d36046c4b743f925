"""The profiles app."""

from django.apps import AppConfig

from core.envelopes import Envelope, detail_envelope


class ProfilesConfig(AppConfig):
    """A log of browser profiles that got logged out: record, find, count, clean up."""

    name = "profiles"
    verbose_name = "Logged-out profiles"
    path_prefixes = ("/gmail-automation/logged-out-profiles", "/api/v1/logged-out-profiles")

    @property
    def error_envelope(self) -> Envelope:
        """`{detail}`, with `errors` per field."""
        return detail_envelope
