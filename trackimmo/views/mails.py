"""Trying the e-mails out."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.serializers import ErrorOut
from trackimmo.serializers.mails import TestEmailIn, TestEmailOut
from trackimmo.services.mail_check import try_test_mail
from trackimmo.services.notification.samples import MailTemplate
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView


class TestEmailView(AdminKeyView):
    """Whether e-mail works, found out by sending one."""

    @swagger_auto_schema(
        operation_id="test_email",
        request_body=TestEmailIn,
        responses={200: TestEmailOut, 409: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def post(self, request: Request) -> Response:
        """Send one of the e-mails with sample data, at once, and tell which step failed if one did."""
        wanted = self.parse(TestEmailIn)
        result = try_test_mail(recipient=wanted["recipient"], template=MailTemplate(wanted["template_type"]))
        return Response(TestEmailOut(result).data)
