"""The log by agent, in numbers, and as a file."""

from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import WhateverIsAccepted
from profiles import selectors, services
from profiles.serializers.queries import AgentQuery, FilterQuery, StatisticsQuery, filters_of_agent
from profiles.serializers.records import RecordOut
from profiles.serializers.statistics import LogoutStatisticsOut, as_answered
from profiles.services.facts import shown_all
from profiles.views.base import LOG, REFUSALS, LogView


class AgentView(LogView):
    """One agent's records."""

    query_serializer_class = AgentQuery

    @swagger_auto_schema(
        operation_id="logged_out_profiles_of_agent",
        manual_parameters=[openapi.Parameter("agent_name", openapi.IN_PATH, type=openapi.TYPE_STRING)],
        query_serializer=AgentQuery,
        responses={200: RecordOut(many=True), **REFUSALS},
        **LOG,
    )
    def get(self, request: Request, agent_name: str) -> Response:
        """List an agent's records, the newest first. An agent who is not known has none."""
        filters = filters_of_agent(agent_name, self.query["filters"])
        found = selectors.rows(filters, skip=self.query["skip"], limit=self.query["limit"])
        return Response(shown_all(found))


class StatisticsView(LogView):
    """The log in numbers."""

    query_serializer_class = StatisticsQuery

    @swagger_auto_schema(
        operation_id="logged_out_profiles_statistics",
        query_serializer=StatisticsQuery,
        responses={200: LogoutStatisticsOut, **REFUSALS},
        **LOG,
    )
    def get(self, request: Request) -> Response:
        """Tell how many records there are in all, by agent, by profile and day by day, and who has several."""
        return Response(as_answered(selectors.statistics(self.query["filters"])))


class ExportView(LogView):
    """The log as a file."""

    query_serializer_class = FilterQuery
    content_negotiation_class = WhateverIsAccepted

    @swagger_auto_schema(
        operation_id="export_logged_out_profiles",
        query_serializer=FilterQuery,
        responses={200: openapi.Response("CSV", openapi.Schema(type=openapi.TYPE_FILE)), **REFUSALS},
        produces=["text/csv"],
        **LOG,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Download records as CSV, the newest first, however many there are. Few exports are read at once: else 429."""
        return csv_response(services.export_csv(**self.query))

    def head(self, request: Request) -> StreamingHttpResponse:
        """What is told about the file. Nothing leaves, so nothing is recorded."""
        return csv_response(iter(()))


def csv_response(parts: Iterator[bytes]) -> StreamingHttpResponse:
    """What a browser keeps as a file. `parts` are closed with the answer, if they can be."""
    name = f"logged-out-profiles-{timezone.now():%Y%m%dT%H%M%SZ}.csv"
    return StreamingHttpResponse(
        parts,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
