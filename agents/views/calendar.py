"""AI agents' calendars: for people with a token, and for calendar programs, which have an address only."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.timezone import now
from drf_yasg import openapi
from drf_yasg.utils import no_body, swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from agents.models import AIAgent
from agents.permissions import UPDATE, VIEW, Action, Resource
from agents.selectors.calendar import agent_with_calendar
from agents.selectors.seen import agent_seen
from agents.serializers.base import ErrorOut
from agents.serializers.calendar import CalendarDoneOut, CalendarQuery
from agents.services.calendar import calendar_shown, move_calendar, read_calendar_token
from agents.services.calendar_feed import calendar_feed
from agents.views.base import MISSING, AgentsView
from core import tenancy
from core.api import ApiView, WhateverIsAccepted
from core.gate import Limit, Per
from core.paths import id_parameter

TAG: Final = {"tags": ["AI agents"], "security": [{"Bearer": []}]}
OPEN: Final = {"tags": ["AI agents"], "security": []}
BY_ID: Final = [id_parameter("agent_id")]
FEEDS: Final = Limit("calendar", requests=60, window_seconds=60, per=Per.ADDRESS)
FEED: Final = openapi.Response("iCalendar (RFC 5545)", openapi.Schema(type=openapi.TYPE_FILE))


class CalendarView(AgentsView):
    """Where an agent's calendar is. Whoever may change the agent may have it moved."""

    resource = Resource.AGENTS
    action_of_verb: ClassVar[Mapping[str, Action]] = {"GET": VIEW, "HEAD": VIEW, "POST": UPDATE}

    @swagger_auto_schema(
        operation_id="ai_agent_calendar", manual_parameters=BY_ID, responses={200: CalendarDoneOut, **MISSING}, **TAG
    )
    def get(self, request: Request, agent_id: UUID) -> Response:
        """Tell the caller's own address at which calendar programs subscribe to an AI agent's callbacks."""
        agent = agent_seen(self.actor, agent_id)
        return self.done("Calendar retrieved successfully", "calendar", calendar_shown(agent, to=self.actor))

    @swagger_auto_schema(
        operation_id="move_ai_agent_calendar",
        manual_parameters=BY_ID,
        request_body=no_body,
        responses={200: CalendarDoneOut, 409: ErrorOut, **MISSING},
        **TAG,
    )
    def post(self, request: Request, agent_id: UUID) -> Response:
        """Give everybody another address of an AI agent's calendar. At the old ones there is nothing any more."""
        agent = move_calendar(agent_id=agent_id, by=self.actor)
        return self.done("Calendar moved successfully", "calendar", calendar_shown(agent, to=self.actor))


class CalendarOfAgentView(AgentsView):
    """An agent's calendar, for whoever sees the agent."""

    resource = Resource.AGENTS
    content_negotiation_class = WhateverIsAccepted

    @swagger_auto_schema(
        operation_id="ai_agent_calendar_file",
        manual_parameters=BY_ID,
        responses={200: FEED, **MISSING},
        produces=["text/calendar"],
        **TAG,
    )
    def get(self, request: Request, agent_id: UUID) -> HttpResponseBase:
        """Download an AI agent's callbacks from thirty days back on, 5,000 at most, as a calendar."""
        return calendar_response(request, agent_seen(self.actor, agent_id))


class CalendarFeedView(ApiView):
    """An agent's calendar, for whoever knows its address: calendar programs cannot log in."""

    authentication_classes = []
    needs_login = False
    noindex = True
    repeats_answers = False
    content_negotiation_class = WhateverIsAccepted
    query_serializer_class = CalendarQuery

    def get_limits(self) -> Sequence[Limit]:
        """By address: there is nobody in particular."""
        return [FEEDS]

    @swagger_auto_schema(
        operation_id="calendar_feed",
        query_serializer=CalendarQuery,
        responses={200: FEED, 400: ErrorOut, 404: ErrorOut, 429: ErrorOut},
        produces=["text/calendar"],
        **OPEN,
    )
    def get(self, request: Request) -> HttpResponseBase:
        """What calendar programs subscribe to. An address that is none, or is none any more, is 404.

        So is that of somebody who does not see the AI agent any more.
        """
        key = read_calendar_token(self.query["token"])
        tenancy.enter_scope(key.organization_id)
        agent = agent_with_calendar(key.agent_id, version=key.version, reader_id=key.reader_id)
        return calendar_response(request, agent)


def calendar_response(request: Request, agent: AIAgent) -> HttpResponseBase:
    """The agent's calendar, or 304 for whoever has it as it is."""
    feed = calendar_feed(agent, now=now())
    headers = {"ETag": feed.etag, "Cache-Control": "private, no-cache"}
    answer = HttpResponse(content_type="text/calendar; charset=utf-8", headers=headers)
    conditional: HttpResponseBase | None = get_conditional_response(request._request, etag=feed.etag, response=answer)
    if conditional is not answer and conditional is not None:
        return conditional
    answer.content = feed.written()
    return answer
