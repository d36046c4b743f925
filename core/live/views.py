"""`GET /live/`: who is calling, and what he wants to hear. The stream itself is the event loop's."""

from collections.abc import Mapping
from typing import ClassVar, cast

from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request

from core.api import ApiView, WhateverIsAccepted
from core.errors import Unauthenticated
from core.gate import Credentials
from core.live.interest import interest_of, parse_patterns
from core.live.places import places
from core.live.stream import EventStream
from core.serializers import QuerySerializer


class LiveQuery(QuerySerializer):
    """`events`: which events, as in `profile.logged_out,job.*`; all without it."""

    events = serializers.CharField(required=False, max_length=4000)


class LiveView(ApiView):
    """Opens a stream. The app layer says which credentials are taken, and which scope of a key opens which events."""

    http_method_names = ["get"]
    content_negotiation_class = WhateverIsAccepted
    query_serializer_class = LiveQuery
    scope_of_family: ClassVar[Mapping[str, str]] = {}
    credentials: Credentials

    def perform_authentication(self, request: Request) -> None:
        """As every view's, and keep what the caller is asked about as long as he stays."""
        found = cast(Credentials | None, request.user)
        if found is None:
            raise Unauthenticated
        self.credentials = found
        super().perform_authentication(request)

    def get(self, request: Request) -> HttpResponseBase:
        """Take a place. Raises Invalid, Forbidden, RateLimited or Unavailable."""
        patterns = parse_patterns(self.query["events"]) if "events" in self.query else []
        interest = interest_of(self.actor, patterns, self.scope_of_family)
        stream = EventStream(actor=self.actor, credentials=self.credentials, interest=interest)
        places.take(stream.caller)
        return stream
