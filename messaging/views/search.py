"""Searching messages."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import BearerTokenAuthentication
from core.jsontypes import JSON
from core.reading import FailureOut, ReadView
from messaging.query import Node
from messaging.selectors.search import Hit, Search, search, snippet_of
from messaging.serializers.search import SearchOut, SearchQuery
from messaging.services.facts import moment
from messaging.views.base import MISSING, tagged


class SearchView(ReadView):
    """The messages that a query finds."""

    authentication_classes = [BearerTokenAuthentication]
    query_serializer_class = SearchQuery

    @swagger_auto_schema(
        operation_id="search_messages",
        query_serializer=SearchQuery,
        responses={200: SearchOut, **MISSING, 503: FailureOut},
        **tagged("Messages"),
    )
    def get(self, request: Request) -> Response:
        """Find messages by their words: help AND (order OR invoice), "my order", ord*, NOT spam.

        Words match whole; case and accents do not count. Words that follow one another must all be there.
        """
        asked = dict(self.query)
        is_marked = asked.pop("highlights")
        found = search(Search(**asked))
        return Response(
            {
                "success": True,
                "query": self.parameters(request)["q"],
                "count": len(found.hits),
                "data": [_shown(hit, asked["query"] if is_marked else None) for hit in found.hits],
                "next_cursor": found.next_cursor,
            }
        )


def _shown(hit: Hit, marked: Node | None) -> dict[str, JSON]:
    shown: dict[str, JSON] = {
        "id": str(hit.id),
        "conversation_id": str(hit.conversation_id),
        "content": hit.content,
        "type": hit.type,
        "created_at": moment(hit.created_at),
        "score": hit.score,
    }
    return shown if marked is None else {**shown, "snippet": snippet_of(hit.content, marked)}
