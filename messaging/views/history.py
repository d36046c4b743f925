"""What was said in a conversation."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerTokenAuthentication
from core.reading import ReadView
from messaging.selectors.history import history
from messaging.serializers.history import HistoryOut, HistoryQuery
from messaging.services.facts import message_shown
from messaging.views.base import MISSING, tagged


class ConversationHistoryView(ReadView):
    """The last messages of a conversation."""

    authentication_classes = [BearerTokenAuthentication]
    query_serializer_class = HistoryQuery

    @swagger_auto_schema(
        operation_id="conversation_history",
        query_serializer=HistoryQuery,
        responses={200: HistoryOut, **MISSING},
        **tagged("Messages"),
    )
    def get(self, request: Request) -> Response:
        """Show the last messages of a conversation, the oldest of them first, or the last before a place in it."""
        found = history(**self.query)
        return Response(
            {
                "success": True,
                "conversation_id": str(self.query["conversation_id"]),
                "count": len(found.messages),
                "data": [message_shown(message) for message in found.messages],
                "next_cursor": found.next_cursor,
            }
        )
