"""How the service is, in detail."""

from django.utils import timezone
from drf_yasg.utils import swagger_auto_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from trackimmo import services
from trackimmo.serializers.service import AdminHealthOut
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView


class AdminHealthView(AdminKeyView):
    """The database and the mail server."""

    @swagger_auto_schema(
        operation_id="admin_health", responses={200: AdminHealthOut, 503: AdminHealthOut, **REFUSALS}, **ADMIN_KEY
    )
    def get(self, request: Request) -> Response:
        """Tell how the database and the mail server are. Without the database it is 503."""
        health = services.check_health()
        answer = {"status": health.status, "timestamp": timezone.now(), "components": health}
        code = status.HTTP_503_SERVICE_UNAVAILABLE if health.is_down else status.HTTP_200_OK
        return Response(AdminHealthOut(answer).data, status=code)
