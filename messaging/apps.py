"""The messaging app."""

from collections.abc import Mapping
from types import MappingProxyType

from django.apps import AppConfig

from core.envelopes import Envelope, services_envelope
from messaging.whatsapp.signing import LONGEST_BODY


class MessagingConfig(AppConfig):
    """WhatsApp messages and campaigns."""

    name = "messaging"
    verbose_name = "Messaging"
    path_prefixes = (
        "/api/v1/message-history",
        "/api/v1/contacts",
        "/api/v1/conversations",
        "/api/v1/campaigns",
        "/webhooks/whatsapp",
    )
    body_limits: Mapping[str, int] = MappingProxyType({"POST /webhooks/whatsapp": LONGEST_BODY})

    @property
    def error_envelope(self) -> Envelope:
        """`{success: false, message}`."""
        return services_envelope
