"""Messaging in the Django admin."""

from messaging.admin import campaigns, whatsapp

__all__ = ["campaigns", "whatsapp"]
