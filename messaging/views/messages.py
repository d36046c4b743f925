"""Taking messages in, one by one."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.reading import REFUSALS, FailureOut
from messaging.serializers.messages import MessageDoneOut, MessageIn
from messaging.services.facts import new_message_shown
from messaging.services.posting import post_message
from messaging.views.base import MessagingView, tagged


class MessagesView(MessagingView):
    """Messages that programs hand in."""

    @swagger_auto_schema(
        operation_id="create_message",
        request_body=MessageIn,
        responses={201: MessageDoneOut, 409: FailureOut, **REFUSALS},
        **tagged("Messages"),
    )
    def post(self, request: Request) -> Response:
        """Take a message in. With an `id` of your own it may be sent again: it stays one message."""
        return self.done(new_message_shown(post_message(**self.parse(MessageIn))), created=True)
