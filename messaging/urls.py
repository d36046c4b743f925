"""The routes of messaging: reads as documented, and what fills them."""

from typing import Final

from django.urls import URLPattern

from core.routes import route
from messaging.views.campaigns import CampaignsView, CampaignView, ExecuteView, PublishView, RecipientsView
from messaging.views.contacts import ContactsView, ContactView
from messaging.views.conversations import CloseView, ConversationsView, ConversationView, ReopenView
from messaging.views.history import ConversationHistoryView
from messaging.views.messages import MessagesView
from messaging.views.search import SearchView
from messaging.views.webhook import WhatsAppWebhookView

MESSAGE_HISTORY: Final = "api/v1/message-history"
CONTACTS: Final = "api/v1/contacts"
CONVERSATIONS: Final = "api/v1/conversations"
CAMPAIGNS: Final = "api/v1/campaigns"

urlpatterns: list[URLPattern] = [
    route(f"{MESSAGE_HISTORY}/conversation", ConversationHistoryView.as_view(), name="conversation-history"),
    route(f"{MESSAGE_HISTORY}/search", SearchView.as_view(), name="search-messages"),
    route(f"{MESSAGE_HISTORY}/messages", MessagesView.as_view(), name="messages"),
    route(CONTACTS, ContactsView.as_view(), name="contacts"),
    route(f"{CONTACTS}/<uuid:contact_id>", ContactView.as_view(), name="contact"),
    route(CONVERSATIONS, ConversationsView.as_view(), name="conversations"),
    route(f"{CONVERSATIONS}/<uuid:conversation_id>", ConversationView.as_view(), name="conversation"),
    route(f"{CONVERSATIONS}/<uuid:conversation_id>/close", CloseView.as_view(), name="close-conversation"),
    route(f"{CONVERSATIONS}/<uuid:conversation_id>/reopen", ReopenView.as_view(), name="reopen-conversation"),
    route(CAMPAIGNS, CampaignsView.as_view(), name="campaigns"),
    route(f"{CAMPAIGNS}/<uuid:campaign_id>", CampaignView.as_view(), name="campaign"),
    route(f"{CAMPAIGNS}/<uuid:campaign_id>/recipients", RecipientsView.as_view(), name="campaign-recipients"),
    route(f"{CAMPAIGNS}/<uuid:campaign_id>/publish", PublishView.as_view(), name="publish-campaign"),
    route(f"{CAMPAIGNS}/<uuid:campaign_id>/execute", ExecuteView.as_view(), name="execute-campaign"),
    route("webhooks/whatsapp", WhatsAppWebhookView.as_view(), name="whatsapp-webhook"),
]
