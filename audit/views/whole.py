"""The log as a whole, for admins: whether it is as it was written, and as a file."""

from dataclasses import asdict

from django.http import StreamingHttpResponse
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.permissions import require_admin
from audit.serializers.answers import VerificationOut
from audit.serializers.queries import ExportQuery, VerifyQuery
from audit.services import exporting, verification
from audit.views.base import AUDIT, AuditView
from audit.views.files import log_file
from core.api import WhateverIsAccepted
from core.gate import Limit
from core.reading import REFUSALS


class VerifyView(AuditView):
    """Whether the log is as it was written."""

    query_serializer_class = VerifyQuery
    limits_of_its_own = [Limit("audit-verify", requests=60, window_seconds=3600)]

    @swagger_auto_schema(
        operation_id="verify_audit_log",
        query_serializer=VerifyQuery,
        responses={200: VerificationOut, **REFUSALS},
        **AUDIT,
    )
    def get(self, request: Request) -> Response:
        """Verify the log, or a part of it, against its hash chain and the signed checkpoints. A log that somebody has
        changed is an answer, too: `verified` is false, and `reason` says what is wrong. For admins."""
        require_admin(self.actor)
        verdict = verification.verify(**self.query)
        count = max(0, verdict.checked_to - verdict.checked_from + 1)
        return Response({"success": True, "count": count, "data": asdict(verdict)})


class ExportView(AuditView):
    """The log as a file."""

    query_serializer_class = ExportQuery
    content_negotiation_class = WhateverIsAccepted
    limits_of_its_own = [Limit("audit-export", requests=20, window_seconds=3600)]

    @swagger_auto_schema(
        operation_id="export_audit_log",
        query_serializer=ExportQuery,
        responses={200: openapi.Response("The file", openapi.Schema(type=openapi.TYPE_FILE)), **REFUSALS},
        produces=["application/x-ndjson", "text/csv"],
        **AUDIT,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Download entries, oldest first, however many there are. For admins. Few exports are read at once: else 429.
        A file that breaks off says so in its last line."""
        require_admin(self.actor)
        return log_file(exporting.export(**self.query), file_format=self.query["format"])

    def head(self, request: Request) -> StreamingHttpResponse:
        """What is told about the file. Nothing leaves, so nothing is recorded."""
        require_admin(self.actor)
        return log_file(iter(()), file_format=self.query["format"])
