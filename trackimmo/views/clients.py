"""Administering clients."""

from drf_yasg.utils import swagger_auto_schema
from rest_framework.request import Request
from rest_framework.response import Response

from trackimmo import selectors
from trackimmo.serializers.base import ErrorOut, id_in_path
from trackimmo.serializers.clients import ClientDetailOut
from trackimmo.views.base import ADMIN_KEY, REFUSALS, AdminKeyView, id_parameter


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
