"""Administering jobs."""

from typing import Final

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from trackimmo import selectors, services
from trackimmo.serializers.base import NothingIn
from trackimmo.serializers.job_administration import DeletedJobsOut, JobOut, JobsQuery
from trackimmo.serializers.jobs import OlderThanQuery
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView
from trackimmo.views.pages import paged

CLEANUP_DAYS: Final = 30


class JobsView(AdminKeyView):
    """All jobs."""

    query_serializer_class = JobsQuery

    @swagger_auto_schema(
        operation_id="jobs", query_serializer=JobsQuery, responses={200: JobOut(many=True), **REFUSALS}, **ADMIN_KEY
    )
    def get(self, request: Request) -> Response:
        """List jobs, the newest first. `X-Total-Count` says how many there are in all."""
        return paged(selectors.job_page(**self.query), JobOut)


class JobsCleanupView(AdminKeyView):
    """The jobs that have ended."""

    query_serializer_class = OlderThanQuery

    @swagger_auto_schema(
        operation_id="delete_ended_jobs",
        query_serializer=OlderThanQuery,
        responses={200: DeletedJobsOut, **REFUSALS},
        **ADMIN_KEY,
    )
    def delete(self, request: Request) -> Response:
        """Delete jobs that ended long ago, 30 days unless told; what they assigned stays."""
        self.parse(NothingIn)
        days = self.query.get("older_than_days", CLEANUP_DAYS)
        deleted = services.delete_ended_jobs(older_than_days=days)
        return Response(
            {"success": True, "deleted_jobs": deleted, "message": f"Deleted {deleted} jobs older than {days} days"}
        )
