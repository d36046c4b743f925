"""Conversations."""

from typing import Final
from uuid import UUID

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_parameter
from core.reading import REFUSALS, FailureOut
from messaging.selectors.conversations import conversation, conversations
from messaging.serializers.conversations import ConversationDoneOut, ConversationsOut, ConversationsQuery
from messaging.services.conversations import close_conversation, reopen_conversation
from messaging.services.facts import conversation_shown
from messaging.views.base import MISSING, MessagingView, NothingIn, tagged

TAG: Final = tagged("Conversations")
BY_ID: Final = [id_parameter("conversation_id")]


class ConversationsView(MessagingView):
    """All conversations."""

    query_serializer_class = ConversationsQuery

    @swagger_auto_schema(
        operation_id="conversations",
        query_serializer=ConversationsQuery,
        responses={200: ConversationsOut, **REFUSALS},
        **TAG,
    )
    def get(self, request: Request) -> Response:
        """List conversations, the one that was opened last first."""
        page = conversations(**self.query)
        return self.listed([conversation_shown(row) for row in page.rows], page.next_cursor)


class ConversationView(MessagingView):
    """One conversation."""

    @swagger_auto_schema(
        operation_id="conversation", manual_parameters=BY_ID, responses={200: ConversationDoneOut, **MISSING}, **TAG
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        """Show a conversation. What was said in it is the history's to tell."""
        return self.done(conversation_shown(conversation(conversation_id)))


class CloseView(MessagingView):
    """Closing."""

    @swagger_auto_schema(
        operation_id="close_conversation",
        manual_parameters=BY_ID,
        request_body=NothingIn,
        responses={200: ConversationDoneOut, 409: FailureOut, **MISSING},
        **TAG,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Close a conversation. What its contact writes next begins another one."""
        self.parse(NothingIn)
        closed = close_conversation(conversation_id=conversation_id, by=self.actor.user_id)
        return self.done(conversation_shown(closed))


class ReopenView(MessagingView):
    """Going on."""

    @swagger_auto_schema(
        operation_id="reopen_conversation",
        manual_parameters=BY_ID,
        request_body=NothingIn,
        responses={200: ConversationDoneOut, 409: FailureOut, **MISSING},
        **TAG,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        """Open a closed conversation again, unless its contact has begun another one."""
        self.parse(NothingIn)
        return self.done(conversation_shown(reopen_conversation(conversation_id=conversation_id)))
