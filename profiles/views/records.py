"""Reporting, listing, correcting and deleting records."""

from collections.abc import Sequence
from math import ceil
from typing import Any, Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.gate import Limit, Per
from core.serializers import ErrorOut
from profiles import selectors, services
from profiles.authentication import PublicReporting
from profiles.errors import RecordNotFound
from profiles.serializers.queries import RecordsQuery, record_id_in_path
from profiles.serializers.records import PageOut, RecordChangesIn, RecordIn, RecordOut
from profiles.services.facts import shown, shown_all
from profiles.views.base import BY_ID, LOG, REFUSALS, LogView

PUBLIC: Final = Limit("profiles-public", requests=1000, window_seconds=3600, per=Per.ADDRESS)


class ReportView(LogView):
    """Where scripts report to, and nothing is read."""

    authentication_classes = [*LogView.authentication_classes, PublicReporting]

    def get_limits(self) -> Sequence[Limit]:
        """The usual one; fewer from an address that shows no credentials."""
        shown = any(header in self.request.headers for header in PublicReporting.shown_in)
        return super().get_limits() if shown else [PUBLIC]

    @swagger_auto_schema(
        operation_id="report_logout",
        request_body=RecordIn,
        responses={201: RecordOut, 409: ErrorOut, **REFUSALS},
        **LOG,
    )
    def post(self, request: Request) -> Response:
        """Record that a browser profile was logged out."""
        return reported(self.parse(RecordIn))


class RecordsView(LogView):
    """The log."""

    query_serializer_class = RecordsQuery

    @swagger_auto_schema(
        operation_id="create_logged_out_profile",
        request_body=RecordIn,
        responses={201: RecordOut, 409: ErrorOut, **REFUSALS},
        **LOG,
    )
    def post(self, request: Request) -> Response:
        """Record that a browser profile was logged out."""
        return reported(self.parse(RecordIn))

    @swagger_auto_schema(
        operation_id="logged_out_profiles",
        query_serializer=RecordsQuery,
        responses={200: PageOut, **REFUSALS},
        **LOG,
    )
    def get(self, request: Request) -> Response:
        """List records, the newest first, with how many there are in all."""
        found, skip, limit = selectors.page(**self.query), self.query["skip"], self.query["limit"]
        return Response(
            {
                "items": shown_all(found.items),
                "total": found.total,
                "page": skip // limit + 1,
                "per_page": limit,
                "total_pages": ceil(found.total / limit),
            }
        )


class RecordView(LogView):
    """One record."""

    @swagger_auto_schema(
        operation_id="logged_out_profile",
        manual_parameters=BY_ID,
        responses={200: RecordOut, 404: ErrorOut, **REFUSALS},
        **LOG,
    )
    def get(self, request: Request, record_id: str) -> Response:
        """Show a record."""
        row = selectors.row(record_id_in_path(record_id))
        if row is None:
            raise RecordNotFound
        return Response(shown(row))

    @swagger_auto_schema(
        operation_id="update_logged_out_profile",
        manual_parameters=BY_ID,
        request_body=RecordChangesIn,
        responses={200: RecordOut, 404: ErrorOut, **REFUSALS},
        **LOG,
    )
    def put(self, request: Request, record_id: str) -> Response:
        """Correct a record. Either name alone is enough; what is left out stays."""
        return self._correct(record_id)

    @swagger_auto_schema(
        operation_id="patch_logged_out_profile",
        manual_parameters=BY_ID,
        request_body=RecordChangesIn,
        responses={200: RecordOut, 404: ErrorOut, **REFUSALS},
        **LOG,
    )
    def patch(self, request: Request, record_id: str) -> Response:
        """Correct a record, as PUT does."""
        return self._correct(record_id)

    @swagger_auto_schema(
        operation_id="delete_logged_out_profile",
        manual_parameters=BY_ID,
        responses={200: RecordOut, 404: ErrorOut, **REFUSALS},
        **LOG,
    )
    def delete(self, request: Request, record_id: str) -> Response:
        """Delete a record, and answer with it as it was."""
        return Response(shown(services.delete_record(record_id=record_id_in_path(record_id))))

    def _correct(self, record_id: str) -> Response:
        changes = self.parse(RecordChangesIn)
        return Response(shown(services.update_record(record_id=record_id_in_path(record_id), **changes)))


def reported(said: dict[str, Any]) -> Response:
    """Write a logout down, and answer with its record."""
    return Response(shown(services.report_logout(**said)), status=status.HTTP_201_CREATED)
