"""Upkeep of the jobs, for programs."""

from django.conf import settings
from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from trackimmo import services
from trackimmo.serializers.base import NothingIn
from trackimmo.serializers.jobs import CleanedJobsOut, OlderThanQuery, RetriesOut
from trackimmo.views.base import CLIENT_KEY, REFUSALS, ClientKeyView


class RetryQueueView(ClientKeyView):
    """The jobs that wait for another attempt."""

    # Each job ends in a transaction of its own, and asking twice does no harm.
    repeats_answers = False

    @swagger_auto_schema(operation_id="process_retry_queue", responses={200: RetriesOut, **REFUSALS}, **CLIENT_KEY)
    def post(self, request: Request) -> Response:
        """Give jobs whose attempt failed another one now. None is begun after 10 s; workers take what is left.

        The last one begun may take longer, where sales have to be fetched first.
        """
        self.parse(NothingIn)
        retries = services.process_retry_queue()
        return Response(
            {
                "success": True,
                "processed": retries.processed,
                "failed": retries.failed,
                "message": f"Processed {retries.processed} jobs, {retries.failed} failed",
            }
        )


class CleanupJobsView(ClientKeyView):
    """The jobs that have ended."""

    query_serializer_class = OlderThanQuery
    repeats_answers = False

    @swagger_auto_schema(
        operation_id="cleanup_jobs",
        query_serializer=OlderThanQuery,
        responses={200: CleanedJobsOut, **REFUSALS},
        **CLIENT_KEY,
    )
    def post(self, request: Request) -> Response:
        """Delete jobs that ended long ago, JOB_CLEANUP_DAYS unless told; what they assigned stays."""
        self.parse(NothingIn)
        days = self.query.get("older_than_days", settings.JOB_CLEANUP_DAYS)
        cleaned = services.delete_ended_jobs(older_than_days=days)
        return Response(
            {"success": True, "cleaned_jobs": cleaned, "message": f"Cleaned {cleaned} jobs older than {days} days"}
        )
