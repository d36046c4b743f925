"""Conversations in the admin, with what was said last."""

from typing import Final
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from pymongo.errors import PyMongoError
from unfold.decorators import display

from messaging.admin.base import MessagingAdmin
from messaging.documents import Message
from messaging.models import Conversation
from messaging.selectors.history import history
from messaging.services.conversations import close_conversation, reopen_conversation

SHOWN: Final = 20
NOT_NOW: Final = "MongoDB is not available: messages cannot be shown now."
LINE: Final = '<li class="py-1"><span class="text-base-500">{} · {} · {}</span><br>{}</li>'


@admin.register(Conversation)
class ConversationAdmin(MessagingAdmin):
    """What is said with whom, and whether it goes on."""

    audited_by = "conversation_id"
    list_display = ["conversation_id", "contact", "number", "state", "opened_at", "last_message_at", "closed_at"]
    list_filter = ["status", "opened_at"]
    list_select_related = ["contact", "number"]
    search_fields = ["conversation_id"]
    search_help_text = "The whole id of a conversation"
    ordering = ["-opened_at", "id"]
    actions = ["close", "reopen"]
    fields = [
        *("conversation_id", "contact", "number", "state", "opened_at", "last_message_at", "closed_at", "closed_by"),
        "messages",
    ]
    readonly_fields = ["conversation_id", "state", "messages"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Conversation], search_term: str
    ) -> tuple[QuerySet[Conversation], bool]:
        """The one with the id."""
        if not search_term:
            return queryset, False
        try:
            return queryset.filter(conversation_id=UUID(search_term)), False
        except ValueError:
            return queryset.none(), False

    @display(description="status", ordering="status", label={"open": "success", "closed": ""})  # type: ignore[untyped-decorator]
    def state(self, conversation: Conversation) -> str:
        """The status, in colour."""
        return conversation.status

    @admin.display(description="last messages")
    def messages(self, conversation: Conversation) -> SafeString:
        """The last of them, the oldest first."""
        try:
            found = history(conversation.conversation_id, limit=SHOWN).messages
        except PyMongoError:
            return format_html("{}", NOT_NOW)
        lines = format_html_join("", LINE, (_line(message) for message in found))
        return format_html("<ul>{}</ul>", lines) if found else format_html("{}", "none yet")

    @admin.action(description="Close", permissions=["act"])
    def close(self, request: HttpRequest, conversations: QuerySet[Conversation]) -> None:
        """Those that are chosen, one by one."""
        for one in conversations:
            self.tell(request, lambda one=one: _closed(one, request))  # type: ignore[misc]  # a default is no annotation

    @admin.action(description="Reopen", permissions=["act"])
    def reopen(self, request: HttpRequest, conversations: QuerySet[Conversation]) -> None:
        """Those that are chosen, one by one."""
        for one in conversations:
            self.tell(request, lambda one=one: _reopened(one))  # type: ignore[misc]  # a default is no annotation


def _closed(conversation: Conversation, request: HttpRequest) -> str:
    close_conversation(conversation_id=conversation.conversation_id, by=request.user.pk)
    return f"{conversation.conversation_id} is closed."


def _reopened(conversation: Conversation) -> str:
    reopen_conversation(conversation_id=conversation.conversation_id)
    return f"{conversation.conversation_id} is open."


def _line(message: Message) -> tuple[str, ...]:
    at = f"{message['created_at']:%Y-%m-%d %H:%M}"
    return at, message["sender_id"], message["status"], message["content"] or message["type"]
