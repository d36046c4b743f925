"""Starting jobs and following them."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.paths import id_in_path, id_parameter
from core.serializers import ErrorOut
from trackimmo import selectors, services
from trackimmo.models import ProcessingJob
from trackimmo.serializers.jobs import AddAddressesIn, JobAcceptedOut, JobStatusOut, ProcessClientIn
from trackimmo.views.base import CLIENT_KEY, REFUSALS, ClientKeyView

STARTED: Final = "Processing started"
IN_PROGRESS: Final = "Job already in progress"


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
        return _accepted(job, STARTED if started else IN_PROGRESS)


class AddAddressesView(ClientKeyView):
    """Assign more properties to a client."""

    @swagger_auto_schema(
        operation_id="add_addresses",
        request_body=AddAddressesIn,
        responses={200: JobAcceptedOut, 404: ErrorOut, 409: ErrorOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def post(self, request: Request) -> Response:
        """Start adding addresses to a client, or answer with the job that is in progress."""
        job, started = services.start_adding_addresses(**self.parse(AddAddressesIn))
        return _accepted(job, f"Adding {job.requested_count} addresses" if started else IN_PROGRESS)


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


def _accepted(job: ProcessingJob, message: str) -> Response:
    return Response({"success": True, "job_id": job.pk, "client_id": job.client_id, "message": message})
