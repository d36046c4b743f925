"""TrackImmo's endpoints."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from drf_yasg import openapi
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ApiView
from core.gate import Limit
from core.serializers import PageQuery
from trackimmo import selectors, services
from trackimmo.authentication import AdminKeyAuthentication, ClientKeyAuthentication
from trackimmo.serializers import (
    ClientDetailOut,
    ClientPropertiesOut,
    ErrorOut,
    HealthOut,
    JobAcceptedOut,
    JobStatusOut,
    ProcessClientIn,
    VersionOut,
    id_in_path,
)

SERVICE: Final = "TrackImmo API"
# A fact of TrackImmo's published contract, not of the platform.
VERSION: Final = "1.0.2"
STARTED: Final = "Processing started"
IN_PROGRESS: Final = "Job already in progress"
REFUSALS: Final = {400: ErrorOut, 401: ErrorOut, 429: ErrorOut}
# How Swagger groups the endpoints, and which key it asks for.
OPEN: Final = {"tags": ["TrackImmo"], "security": []}
CLIENT_KEY: Final = {"tags": ["TrackImmo"], "security": [{"X-API-Key": []}]}
ADMIN_KEY: Final = {"tags": ["TrackImmo"], "security": [{"X-Admin-Key": []}]}


def id_parameter(name: str) -> openapi.Parameter:
    """An id in a path, for Swagger."""
    return openapi.Parameter(name, openapi.IN_PATH, type=openapi.TYPE_STRING, format=openapi.FORMAT_UUID)


class OpenView(ApiView):
    """For everybody, as often as they like."""

    authentication_classes = []
    needs_login = False

    def get_limits(self) -> Sequence[Limit]:
        return []


class ClientKeyView(ApiView):
    """For programs with an `X-API-Key`."""

    authentication_classes = [ClientKeyAuthentication]

    def get_limits(self) -> Sequence[Limit]:
        return [Limit("trackimmo", settings.RATE_LIMIT_REQUESTS, settings.RATE_LIMIT_WINDOW)]


class AdminKeyView(ClientKeyView):
    """For operators with an `X-Admin-Key`."""

    authentication_classes = [AdminKeyAuthentication]


class HealthView(OpenView):
    """Whether the service answers."""

    @swagger_auto_schema(operation_id="trackimmo_health", responses={200: HealthOut}, **OPEN)
    def get(self, request: Request) -> Response:
        """Tell that the service is up."""
        return Response({"status": "ok", "service": SERVICE, "version": VERSION})


class VersionView(OpenView):
    """Which version this is."""

    @swagger_auto_schema(operation_id="trackimmo_version", responses={200: VersionOut}, **OPEN)
    def get(self, request: Request) -> Response:
        """Tell the version."""
        return Response({"version": VERSION, "service": SERVICE})


class ProcessClientView(ClientKeyView):
    """Assign new properties to a client."""

    @swagger_auto_schema(
        operation_id="process_client",
        request_body=ProcessClientIn,
        responses={200: JobAcceptedOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def post(self, request: Request) -> Response:
        """Start processing a client, or answer with the job that already does."""
        job, started = services.start_processing(**self.parse(ProcessClientIn))
        return Response(
            {
                "success": True,
                "job_id": job.pk,
                "client_id": job.client_id,
                "message": STARTED if started else IN_PROGRESS,
            }
        )


class JobStatusView(ClientKeyView):
    """How far a job is."""

    @swagger_auto_schema(
        operation_id="job_status",
        manual_parameters=[id_parameter("job_id")],
        responses={200: JobStatusOut, 404: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def get(self, request: Request, job_id: str) -> Response:
        """Tell a job's status and progress."""
        job = selectors.job_by_id(id_in_path(job_id, name="job_id"))
        return Response(JobStatusOut(job).data)


class ClientPropertiesView(ClientKeyView):
    """What a client was given."""

    query_serializer_class = PageQuery
    noindex = True

    @swagger_auto_schema(
        operation_id="get_client_properties",
        manual_parameters=[id_parameter("client_id")],
        query_serializer=PageQuery,
        responses={200: ClientPropertiesOut, 404: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def get(self, request: Request, client_id: str) -> Response:
        """List the properties assigned to a client, the newest first."""
        page = selectors.assigned_page(id_in_path(client_id, name="client_id"), **self.query)
        return Response(ClientPropertiesOut(page).data)


class ClientDetailView(AdminKeyView):
    """One client."""

    @swagger_auto_schema(
        operation_id="client_detail",
        manual_parameters=[id_parameter("client_id")],
        responses={200: ClientDetailOut, 404: ErrorOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def get(self, request: Request, client_id: str) -> Response:
        """Show a client with the chosen cities and the last jobs."""
        detail = selectors.client_detail(id_in_path(client_id, name="client_id"))
        return Response(ClientDetailOut(detail).data)
