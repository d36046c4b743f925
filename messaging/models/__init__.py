"""Messaging's tables."""

from messaging.models.campaigns import Campaign, CampaignRecipient, CampaignStatus, RecipientStatus
from messaging.models.conversations import Contact, Conversation, ConversationStatus
from messaging.models.whatsapp import AccountEvent, Delivery, UnroutedWebhook, WhatsAppNumber

__all__ = [
    "AccountEvent",
    "Campaign",
    "CampaignRecipient",
    "CampaignStatus",
    "Contact",
    "Conversation",
    "ConversationStatus",
    "Delivery",
    "RecipientStatus",
    "UnroutedWebhook",
    "WhatsAppNumber",
]
