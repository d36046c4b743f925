"""A read that exists in tests only: it answers what it was asked."""

from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.response import Response

from core.reading import ReadQuery, ReadView
from core.routes import route
from tests.core.probes import ProbeCredentials

# Below a prefix of an app whose envelope is the documented one.
PATH = "/api/v1/analytics/probe"


class MemberAuthentication(BaseAuthentication):
    """`X-Probe: slug` and, as tokens tell it, `X-Organization: id`."""

    def authenticate(self, request: Any) -> tuple[Any, None] | None:
        slug, organization_id = (request.headers.get(f"X-{name}") for name in ("Probe", "Organization"))
        if slug is None:
            return None
        return ProbeCredentials(slug, UUID(organization_id) if organization_id else None, is_proven=True), None

    def authenticate_header(self, request: Any) -> str:
        return "X-Probe"


class ProbeQuery(ReadQuery):
    """A required id, a required text, and a limit."""

    conversation_id = serializers.UUIDField()
    q = serializers.CharField(default="", max_length=100)
    limit = serializers.IntegerField(min_value=1, max_value=1000, default=50)


class ReadProbe(ReadView):
    """Answers with what it was asked."""

    authentication_classes = [MemberAuthentication]
    query_serializer_class = ProbeQuery

    def get(self, request: Any) -> Response:
        return Response({"success": True, **self.query, "conversation_id": str(self.query["conversation_id"])})


urlpatterns = [route(PATH.lstrip("/"), ReadProbe.as_view(), name="read-probe")]

handler404 = "core.problems.page_not_found"
handler500 = "core.problems.server_error"
