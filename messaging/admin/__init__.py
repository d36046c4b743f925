"""Messaging in the Django admin."""

from messaging.admin import campaigns, contacts, conversations, whatsapp

__all__ = ["campaigns", "contacts", "conversations", "whatsapp"]
