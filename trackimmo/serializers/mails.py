"""E-mails: testing them, and ending them."""

from typing import Any

from rest_framework import serializers

from core.serializers import QuerySerializer, StrictSerializer
from trackimmo.serializers.base import Out
from trackimmo.services.notification.samples import MailTemplate


class TestEmailIn(StrictSerializer):
    """Which e-mail to send, and to whom."""

    recipient = serializers.EmailField()
    template_type = serializers.ChoiceField(
        choices=[(one.value, one.value) for one in MailTemplate], default=MailTemplate.CONFIG.value
    )


class TestEmailResultsOut(Out):
    """Which steps were taken and succeeded."""

    smtp_config = serializers.BooleanField()
    connection = serializers.BooleanField()
    send_test = serializers.BooleanField()


class TestEmailOut(Out):
    """How far the test went; `message` says what stopped it."""

    success = serializers.BooleanField()
    message = serializers.CharField()
    results = TestEmailResultsOut()


class AnyParameters(QuerySerializer):
    """Whatever mail programs and gateways append to a link; it is not looked at."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:  # noqa: ANN401 -- DRF's own signature
        return {}


class UnsubscribedOut(Out):
    """Whether a client still gets e-mails."""

    unsubscribed = serializers.SerializerMethodField()
    unsubscribed_at = serializers.DateTimeField(allow_null=True)

    def get_unsubscribed(self, client: Any) -> bool:  # noqa: ANN401 -- DRF's own signature
        return client.unsubscribed_at is not None
