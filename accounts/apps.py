"""The accounts app."""

from django.apps import AppConfig
from django.conf import settings

from accounts.signing_keys import parse_signing_keys
from core.envelopes import Envelope, services_envelope


class AccountsConfig(AppConfig):
    """Organizations, users, login sessions and API keys."""

    name = "accounts"
    path_prefixes = ("/api/v1/auth/",)

    @property
    def error_envelope(self) -> Envelope:
        """`{success: false, message}`, and `{detail}` for a missing login."""
        return services_envelope

    def ready(self) -> None:
        """Refuse to start with signing keys that cannot be used. Raises ImproperlyConfigured."""
        parse_signing_keys(settings.JWT_SIGNING_KEYS)
