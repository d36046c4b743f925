"""The messaging app."""

from django.apps import AppConfig

from core.envelopes import Envelope, services_envelope


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

    @property
    def error_envelope(self) -> Envelope:
        """`{success: false, message}`."""
        return services_envelope
