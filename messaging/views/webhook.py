"""Where WhatsApp tells what happened."""

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.errors import Forbidden
from core.gate import Limit
from core.reading import FailureOut, NoLoginOut
from core.serializers import QuerySerializer
from messaging.services.webhook import is_verify_token, take_webhook

SIGNATURE: Final = "X-Hub-Signature-256"
SUBSCRIBE: Final = "subscribe"
CHALLENGE: Final = openapi.Response("The challenge, as plain text.", schema=openapi.Schema(type=openapi.TYPE_STRING))


class VerificationQuery(QuerySerializer):
    """What Meta asks when the address is registered."""

    def get_fields(self) -> dict[str, Any]:
        """Their names have a dot, as Meta's have."""
        return {
            name: serializers.CharField(required=False, allow_blank=True, help_text=meaning)
            for name, meaning in {
                "hub.mode": "`subscribe`",
                "hub.verify_token": "WHATSAPP_VERIFY_TOKEN",
                "hub.challenge": "What is answered.",
            }.items()
        }


class TakenOut(serializers.Serializer[Any]):
    """It is taken in."""

    success = serializers.BooleanField(help_text="Always true.")

    class Meta:
        ref_name = "WebhookTaken"


class WhatsAppWebhookView(ApiView):
    """For Meta, who signs what it sends."""

    needs_login = False
    authentication_classes = ()
    repeats_answers = False
    query_serializer_class = VerificationQuery

    def get_limits(self) -> Sequence[Limit]:
        """None: Meta sends as much as there is, from addresses that many businesses share."""
        return []

    @swagger_auto_schema(
        operation_id="verify_whatsapp_webhook",
        query_serializer=VerificationQuery,
        responses={200: CHALLENGE, 403: FailureOut, 503: FailureOut},
        tags=["Webhooks"],
        security=[],
    )
    def get(self, request: Request) -> HttpResponse:
        """Answer Meta's challenge, if it knows the verify token."""
        asked = self.query.get("hub", {})
        is_known = is_verify_token(asked.get("verify_token", ""))
        if not is_known or asked.get("mode") != SUBSCRIBE:
            raise Forbidden("hub.mode must be subscribe, and hub.verify_token WHATSAPP_VERIFY_TOKEN.")
        return HttpResponse(asked.get("challenge", ""), content_type="text/plain; charset=utf-8")

    @swagger_auto_schema(
        operation_id="whatsapp_webhook",
        request_body=openapi.Schema(type=openapi.TYPE_OBJECT, description="A webhook of the Cloud API's."),
        manual_parameters=[
            openapi.Parameter(SIGNATURE, openapi.IN_HEADER, type=openapi.TYPE_STRING, required=True),
        ],
        responses={200: TakenOut, 400: FailureOut, 401: NoLoginOut, 413: FailureOut, 503: FailureOut},
        tags=["Webhooks"],
        security=[],
    )
    def post(self, request: Request) -> Response:
        """Take in messages, statuses and events of accounts, each once, all or none."""
        # Not `body`, which Django refuses over DATA_UPLOAD_MAX_MEMORY_SIZE: this path has a limit of its own.
        take_webhook(request._request.read(), signature=request.headers.get(SIGNATURE, ""))
        return Response({"success": True})
