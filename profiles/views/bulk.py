"""Many records at once."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from core.serializers import ErrorOut
from profiles import services
from profiles.serializers.bulk import BatchIn, BatchOut, BulkDeleteIn, BulkDeleteOut
from profiles.services.facts import shown
from profiles.views.base import LOG, REFUSALS, LogView


class BatchView(LogView):
    """Reporting many."""

    @swagger_auto_schema(
        operation_id="create_logged_out_profiles",
        request_body=BatchIn,
        responses={201: BatchOut, 409: ErrorOut, **REFUSALS},
        **LOG,
    )
    def post(self, request: Request) -> Response:
        """Record up to 1,000 logouts, all or none. An error says at which index it is."""
        items = [services.NewRecord(**item) for item in self.parse(BatchIn)["items"]]
        rows = services.report_logouts(items=items)
        return Response(
            {"items": [shown(row) for row in rows], "created_count": len(rows)}, status=status.HTTP_201_CREATED
        )


class BulkDeleteView(LogView):
    """Deleting many."""

    @swagger_auto_schema(
        operation_id="bulk_delete_logged_out_profiles",
        request_body=BulkDeleteIn,
        responses={200: BulkDeleteOut, 409: ErrorOut, **REFUSALS},
        **LOG,
    )
    def post(self, request: Request) -> Response:
        """Delete up to 10,000 records. Ids that there are none of are told, and keep no other from being deleted."""
        deletion = services.delete_records(**self.parse(BulkDeleteIn))
        return Response({"deleted_count": deletion.deleted_count, "failed_ids": deletion.failed_ids})
