"""Who may call, how often, and the shapes of answers."""

from collections.abc import Sequence
from typing import Any, Final

from rest_framework import status
from rest_framework.response import Response

from accounts.authentication import BearerTokenAuthentication
from core.api import ApiView
from core.gate import Limit
from core.jsontypes import JSON
from core.reading import OF_A_USER, OF_A_WRITER, OF_AN_ORGANIZATION, REFUSALS, FailureOut
from core.serializers import StrictSerializer

MISSING: Final = {404: FailureOut, **REFUSALS}
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class NothingIn(StrictSerializer):
    """No body, or an empty one."""


def tagged(tag: str) -> dict[str, Any]:
    """Where Swagger shows an endpoint, and how one logs in."""
    return {"tags": [tag], "security": [{"Bearer": []}]}


class MessagingView(ApiView):
    """For people of an organization, whatever their role. Reads are limited as documented, writes more widely."""

    authentication_classes = [BearerTokenAuthentication]

    def get_limits(self) -> Sequence[Limit]:
        """Those of reads or of writes."""
        return [OF_A_USER if self.request.method in READS else OF_A_WRITER, OF_AN_ORGANIZATION]

    def listed(self, data: Sequence[JSON], next_cursor: str | None) -> Response:
        """A page of a list."""
        return Response({"success": True, "count": len(data), "data": data, "next_cursor": next_cursor})

    def done(self, data: JSON, *, created: bool = False) -> Response:
        """One object."""
        code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return Response({"success": True, "data": data}, status=code)
