"""Who may call, what is understood, and the shapes of answers."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from django.utils.timezone import now
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerTokenAuthentication
from agents.permissions import BULK, CREATE, DELETE, UPDATE, VIEW, Action, Resource, require
from agents.serializers.base import ErrorOut
from agents.services.facts import moment
from core.api import ApiView
from core.jsontypes import JSON
from core.parsing import StrictJSONParser

ACTION_OF_VERB: Final[Mapping[str, Action]] = {
    "GET": VIEW,
    "HEAD": VIEW,
    "POST": CREATE,
    "PUT": UPDATE,
    "PATCH": UPDATE,
    "DELETE": DELETE,
}

# For Swagger: what any of the views may answer, and those of one object.
REFUSALS: Final = {400: ErrorOut, 401: ErrorOut, 403: ErrorOut, 429: ErrorOut}
MISSING: Final = {404: ErrorOut, **REFUSALS}


class JSONAsText(StrictJSONParser):
    """JSON that does not say so: what a browser's `fetch` sends of a string unless it is told otherwise."""

    media_type = "text/plain"


class AgentsView(ApiView):
    """For people of an organization. What a role may do is decided before anything is read."""

    authentication_classes = [BearerTokenAuthentication]
    parser_classes = [StrictJSONParser, JSONAsText]
    resource: ClassVar[Resource]
    is_bulk: ClassVar[bool] = False
    action_of_verb: ClassVar[Mapping[str, Action]] = ACTION_OF_VERB

    def check_permissions(self, request: Request) -> None:
        """As DRF's, and what the table says of the caller's role. What nobody can do here is 405 to everybody."""
        super().check_permissions(request)
        verb = str(request.method)
        if hasattr(self, verb.lower()) and (action := self.action_of_verb.get(verb)):
            require(self.actor, BULK if self.is_bulk else action, self.resource)

    @staticmethod
    def done(message: str, kind: str, shown: JSON, *, created: bool = False) -> Response:
        """`{message, data, <kind>, timestamp}`; the object stands under both names, as documented."""
        body = {"message": message, "data": shown, kind: shown, "timestamp": moment(now())}
        return Response(body, status=status.HTTP_201_CREATED if created else status.HTTP_200_OK)

    @staticmethod
    def listed(items: Sequence[Mapping[str, JSON]] | Any, total_count: int, summary: Mapping[str, int]) -> Response:  # noqa: ANN401 -- or a fragment of JSON
        """`{items, total_count, summary}`."""
        return Response({"items": items, "total_count": total_count, "summary": summary})
